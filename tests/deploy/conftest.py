"""One real PostgreSQL for the tests of this folder."""

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
def own_cluster(tmp_path):
    """A PostgreSQL that a test may kill; not started yet."""
    cluster = Cluster(tmp_path / "postgres", secrets_folder=tmp_path / "secrets", throw_away=True)
    yield cluster
    cluster.destroy()
