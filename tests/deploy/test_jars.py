import ssl
import zipfile
from pathlib import Path

import pytest

from deploy.local import jars
from deploy.local.addresses import StackFailed


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    path = tmp_path / "one.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Main.class", b"0" * 1000)
    return path


@pytest.fixture
def fetches(jar: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    fetched: list[Path] = []

    def fetch() -> list[Path]:
        fetched.append(jar)
        return [jar]

    monkeypatch.setattr(jars, "_fetch", fetch)
    return fetched


def test_jars_are_fetched_once(tmp_path: Path, jar: Path, fetches: list[Path]) -> None:
    assert jars.kafka_classpath(tmp_path) == jars.kafka_classpath(tmp_path) == [jar]
    assert len(fetches) == 1


def test_jars_that_were_deleted_are_fetched_again(
    tmp_path: Path, jar: Path, fetches: list[Path]
) -> None:
    jars.kafka_classpath(tmp_path)
    jar.unlink()
    jars.kafka_classpath(tmp_path)
    assert len(fetches) == 2


def test_a_jar_that_a_download_left_half_written_is_dropped(jar: Path) -> None:
    jars._drop_cut_off([jar])
    jar.write_bytes(jar.read_bytes()[:500])
    with pytest.raises(ValueError, match="1 jars"):
        jars._drop_cut_off([jar])
    assert not jar.exists()


@pytest.mark.loopback
def test_a_registry_out_of_reach_is_told_without_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path / "maven"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr(jars, "PAUSE_SECONDS", 0)
    with pytest.raises(StackFailed, match="could not be fetched") as failed:
        jars.kafka_classpath(tmp_path)
    assert "://" not in str(failed.value)


def test_a_certificate_that_is_not_trusted_is_told_as_such() -> None:
    assert "REQUESTS_CA_BUNDLE" in jars.advice(ssl.SSLError())
    assert "within reach" in jars.advice(RuntimeError())
