"""The model server of the benchmark: a client of OpenAI's protocol understands it, and its words take their time."""

import json

import httpx

from bench.running import free_port, process, ready
from bench.upstream import FIRST_TOKEN, WORDS


def test_the_model_server_streams_its_words_one_by_one():
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    with process("bench.upstream", "--port", str(port)) as started:
        ready(url, started)
        for _ in range(2):
            with httpx.stream("POST", url, json={"stream": True, "messages": []}) as answer:
                lines = [line.removeprefix("data: ") for line in answer.iter_lines() if line]
            assert lines[-1] == "[DONE]"
            said = [json.loads(line)["choices"][0]["delta"].get("content", "") for line in lines[:-1]]
            assert "".join(said).split() == list(WORDS)
            assert answer.elapsed.total_seconds() >= FIRST_TOKEN
    assert not started.is_running()
