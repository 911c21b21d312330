"""One real PostgreSQL for the tests of this folder."""

import socket

import pytest

from deploy.cluster import Cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("a folder with a space")
    cluster = Cluster(folder / "postgres", secrets_folder=folder / "secrets", throw_away=True)
    cluster.start()
    yield cluster
    cluster.destroy()


@pytest.fixture
def free_port():
    """A function that gives a port of loopback on which nobody listens now."""

    def free_port():
        with socket.create_server(("127.0.0.1", 0)) as server:
            return server.getsockname()[1]

    return free_port


@pytest.fixture
def own_cluster(tmp_path):
    """A PostgreSQL that a test may kill; not started yet."""
    cluster = Cluster(tmp_path / "postgres", secrets_folder=tmp_path / "secrets", throw_away=True)
    yield cluster
    cluster.destroy()
