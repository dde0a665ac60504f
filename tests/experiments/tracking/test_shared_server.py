"""Two people's runs on one MLflow server with PostgreSQL and an object store, all of them real.

Needs the Debian package `postgresql`, and `psycopg2-binary` and `moto[server]` from PyPI.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import mlflow
import pytest

pytestmark = pytest.mark.slow
PATIENCE = 240
"""Seconds in which a server must have started, on a machine that is busy."""
BUCKET = "experiments"
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1"}
CONFIG = """
name: tiny
threads: 4
tracking_uri: {server}
search:
  generations: 1
  train_rollouts: 4
  policy_trials: 0
  test_replicates: 1
  rule: {{max_pairs: 8}}
"""
READ = """
import sys, mlflow
client = mlflow.MlflowClient(sys.argv[1])
print(client.download_artifacts(sys.argv[2], "config.json", sys.argv[3]))
"""


def program(name: str) -> str:
    """A program of PostgreSQL, which Debian keeps off the path."""
    found = shutil.which(name) or next(
        (str(path) for path in Path("/usr/lib/postgresql").glob(f"*/bin/{name}")), None
    )
    if found is None:
        pytest.skip(f"PostgreSQL's `{name}` is not installed (Debian: apt-get install postgresql)")
    return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def started(command: list[str], port: int, **options: Any) -> Generator[None]:
    """A server that listens, while the block runs."""
    log = tempfile.TemporaryFile("w+")
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, **options)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            if process.poll() is not None or time.monotonic() > until:
                log.seek(0)
                pytest.fail(f"{command} does not listen: {log.read()[-2000:]}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)
        log.close()


@pytest.fixture(scope="module")
def database() -> Generator[str]:
    """PostgreSQL; the address of a database."""
    driver: Any = pytest.importorskip("psycopg2", reason="psycopg2-binary is not installed")
    initdb, server = program("initdb"), program("postgres")
    folder, port = Path(tempfile.mkdtemp()), free_port()
    options: dict[str, Any] = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            owner = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user `postgres`")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        options = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    data = str(folder / "data")
    subprocess.run(
        [initdb, "-D", data, "-U", "me", "-A", "trust"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, **options,
    )  # fmt: skip
    command = [server, "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    try:
        with started(command, port, cwd=folder, **options):
            address = f"postgresql://me@127.0.0.1:{port}/postgres"
            while True:  # it listens before it lets anyone in
                try:
                    driver.connect(address).close()
                    break
                except driver.OperationalError as error:
                    if "starting up" not in str(error):
                        raise
                    time.sleep(0.2)
            yield address.replace("://", "+psycopg2://")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def object_store() -> Generator[str]:
    """An S3 endpoint with a bucket."""
    pytest.importorskip("moto", reason="moto[server] is not installed")
    boto3: Any = pytest.importorskip("boto3", reason="boto3 is not installed")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with started([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port):
        client = boto3.client(
            "s3", endpoint_url=address, aws_access_key_id="a", aws_secret_access_key="b",
            region_name="eu-west-1",
        )  # fmt: skip
        client.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield address


@pytest.fixture(scope="module")
def server(
    database: str, object_store: str, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    """MLflow's tracking server on both; alone it knows the keys of the store."""
    port = free_port()
    command = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", database,
        "--artifacts-destination", f"s3://{BUCKET}", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1",
    ]  # fmt: skip
    quick = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    env = {**os.environ, **KEYS, **quick, "MLFLOW_S3_ENDPOINT_URL": object_store}
    with started(command, port, env=env, cwd=tmp_path_factory.mktemp("server")):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def evolved(server: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """A search of a person, each in a folder of the same name, as on machines of their own."""
    folder = tmp_path_factory.mktemp("people") / "work"

    def run(person: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "tiny.yaml").write_text(CONFIG.format(server=server))
        command = [sys.executable, "-m", "esc_skills.experiments.cli", "evolve", "--config"]
        env = {**os.environ, "LOGNAME": person}
        subprocess.run([*command, "tiny.yaml"], check=True, cwd=folder, env=env)

    return run


def test_two_people_share_a_server_and_anyone_reads_their_artifacts_by_its_address(
    server: str, object_store: str, evolved: Callable[[str], None], tmp_path: Path
):
    for person in ("ana", "ben", "ben"):  # the second one of ben's replaces his first
        evolved(person)
    client = mlflow.MlflowClient(server)
    (experiment,) = (e for e in client.search_experiments() if e.name == "esc-skills")
    assert str(experiment.artifact_location).startswith("mlflow-artifacts:")
    whole = client.search_runs([experiment.experiment_id], "tags.kind = 'experiment'")
    assert sorted(r.data.tags["mlflow.user"].partition("@")[0] for r in whole) == ["ana", "ben"]
    assert all(str(run.info.run_name).startswith("tiny") for run in whole)
    assert all(run.info.status == "FINISHED" for run in whole)
    for run in whole:
        folder = tmp_path / run.info.run_id
        folder.mkdir()
        command = [sys.executable, "-c", READ, server, run.info.run_id, str(folder)]
        without_keys = {k: v for k, v in os.environ.items() if not k.startswith(("AWS", "MLFLOW"))}
        subprocess.run(command, check=True, env=without_keys)
        assert '"seed": 0' in (folder / "config.json").read_text()
