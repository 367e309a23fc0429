"""The widget's small parts, each run by itself in the browser."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def call(chromium, service):
    """Call an exported function of a module with JSON in and out."""
    page = chromium.new_page()
    page.goto(service.url)

    def run(module: str, body: str, *values):
        script = f"async (values) => {{ const m = await import('/assets/chat/{module}.js'); {body} }}"
        return page.evaluate(script, list(values))

    yield run
    page.close()


STREAM = (
    ": ping\r\n\r\n"
    'id: 1-0-0\r\nevent: disclosure\r\ndata: {"turn": 1}\r\n\r\n'
    'id: 1-3-5\nevent: token\ndata: {"text":\ndata: "héllo"}\n\n'
    ': ping\n\nevent: done\rdata: {"status": "complete"}\r\r'
)
EVENTS = [
    ["1-0-0", "disclosure", {"turn": 1}],
    ["1-3-5", "token", {"text": "héllo"}],
    ["1-3-5", "done", {"status": "complete"}],
]


def test_events_are_read_alike_at_every_split_point(call):
    """Comments, ids that stay, data over several lines, and all three line ends."""
    split = """const [text] = values; const seen = new Set();
        for (let i = 0; i <= text.length; i += 1) {
            const parser = new m.EventParser();
            const parts = [text.slice(0, i), text.slice(i), "\\n"].flatMap((part) => parser.feed(part));
            seen.add(JSON.stringify(parts.map((e) => [e.id, e.event, e.data])));
        }
        return [...seen].map((each) => JSON.parse(each));"""
    assert call("sse", split, STREAM) == [EVENTS]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("**bold** and *it* and `code`", "<p><strong>bold</strong> and <em>it</em> and <code>code</code></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2*3*4</p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("text\n- a", "<p>text</p><ul><li>a</li></ul>"),
        ("```js\n<b>&\n```", '<pre tabindex="0"><code>&lt;b&gt;&amp;</code></pre>'),
        ("> quoted", "<blockquote>quoted</blockquote>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](//evil.example)", "<p>[x](//evil.example)</p>"),
        ("[x](/\\evil.example)", "<p>[x](/\\evil.example)</p>"),
        ("[x](data:text/html,1)", "<p>[x](data:text/html,1)</p>"),
        ("[p](/privacy)", '<p><a href="/privacy" rel="noopener nofollow" target="_blank">p</a></p>'),
        ("[m](mailto:a@b.example)", '<p><a href="mailto:a@b.example" rel="noopener nofollow">m</a></p>'),
        (
            "see https://a.example/x.",
            '<p>see <a href="https://a.example/x" rel="noopener nofollow" target="_blank">https://a.example/x</a>.</p>',
        ),
        ("fact [1] and [9]", "<p>fact <b>1</b> and [9]</p>"),
        ("## Head", '<p class="prose-heading" role="heading" aria-level="3">Head</p>'),
    ],
)
def test_markdown_becomes_safe_nodes(call, source, html):
    """Only what is known is drawn; everything else stays text."""
    draw = """const cite = (n) => n === 1 ? Object.assign(document.createElement('b'), {textContent: '1'}) : null;
        const view = new m.MarkdownView({cite, address: (href) => href});
        view.update(values[0]);
        return view.node.innerHTML;"""
    assert call("markdown", draw, source) == html


def test_growing_text_redraws_only_its_end(call):
    """Blocks that are done keep their nodes, and the result is that of drawing all at once."""
    grow = """const [text] = values; const hooks = {cite: () => null, address: (href) => href};
        const view = new m.MarkdownView(hooks); let first = null; let same = true;
        for (let i = 1; i <= text.length; i += 1) {
            view.update(text.slice(0, i));
            if (i > 12) { first ??= view.node.firstChild; same &&= first === view.node.firstChild; }
        }
        const whole = new m.MarkdownView(hooks); whole.update(text);
        return [same, view.node.innerHTML === whole.node.innerHTML];"""
    text = "# Title one\n\nA **bold** start\n\n- one\n- two\n\n```\ncode\n\nmore\n```\n\nThe `end`."
    assert call("markdown", grow, text) == [True, True]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("4111 1111 1111 1111", "card"),
        ("5500-0000-0000-0004", "card"),
        ("4111 1111 1111 1112", ""),
        ("8001015009087", "id"),
        ("800101 5009 087", "id"),
        ("8013015009087", ""),
        ("my password is hunter2", "secret"),
        ("wagwoord: geheim1", "secret"),
        ("mein Passwort lautet geheim", "secret"),
        ("I forgot my password", ""),
        ("call 082 555 1234", ""),
    ],
)
def test_sensitive_text_is_noticed(call, text, kind):
    """Cards by Luhn, South African IDs by date and check digit, secrets by their cue."""
    assert call("hints", "return m.sensitiveKind(values[0]);", text) == kind


@pytest.mark.parametrize(
    ("had", "offset", "text", "reply"),
    [
        ("", 0, "Hi", "Hi"),
        ("Hi", 2, " you", "Hi you"),
        ("Hi you", 2, " you all", "Hi you all"),
        ("😀a", 1, "ab", "😀ab"),
    ],
)
def test_repeated_tokens_are_not_shown_twice(call, had, offset, text, reply):
    """Offsets count characters, as the service does, not UTF-16 units."""
    add = """const [had, offset, text] = values; const turn = {...m.newTurn(''), reply: had};
        m.applyEvent(turn, {id: '', event: 'token', data: {text, offset}}); return turn.reply;"""
    assert call("turn", add, had, offset, text) == reply
