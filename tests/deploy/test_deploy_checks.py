"""What is said before anything expensive starts."""

import os
import socket
import stat

import pytest

from deploy import checks, quality
from deploy.checks import SetupError, port_from, refuse_taken_port, var_folder, write_private
from deploy.messages import compile_messages

NOBODY = 65534

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


def said_as_ordinary_user(check, *arguments):
    """What a check says to somebody who is not root, as root may read and write everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # ends here, whatever happens, lest pytest runs twice
        text = "nothing was refused"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(NOBODY, NOBODY, NOBODY)
                os.setresuid(NOBODY, NOBODY, NOBODY)
            check(*arguments)
        except SetupError as error:
            text = str(error)
        finally:
            os.write(writing, text.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as file:
        return file.read()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_taken_port_is_refused_with_another_one_to_try(listener):
    with pytest.raises(SetupError, match=rf"Port {listener} is taken .*PORT=8123"):
        refuse_taken_port(listener)


def test_free_port_is_accepted(free_port):
    refuse_taken_port(free_port())


@pytest.mark.parametrize("given", ["web", "0", "65536", "-1", "80 80", "٨٠"])
def test_port_that_is_no_number_is_refused(given):
    with pytest.raises(SetupError, match="is not a port"):
        port_from({"PORT": given})


def test_port_is_8000_when_none_is_given():
    assert port_from({}) == port_from({"PORT": ""}) == 8000


def test_port_of_another_user_is_refused():
    limit = checks.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not limit.exists() or int(limit.read_text()) < 2:
        pytest.skip("on this system every user may listen on every port")

    assert "Choose one above 1023" in said_as_ordinary_user(refuse_taken_port, 1)


def test_data_folder_is_made_where_it_is_missing(tmp_path):
    wanted = tmp_path / "with a space" / "var"

    assert var_folder({"TOPSHEET_VAR": str(wanted)}) == wanted
    assert list(wanted.iterdir()) == []


def test_data_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "var").write_text("")

    with pytest.raises(SetupError, match=r"not usable \(File exists\).*TOPSHEET_VAR="):
        var_folder({"TOPSHEET_VAR": str(tmp_path / "var")})


@pytest.mark.parametrize("mode", [0o000, 0o555, 0o333])
def test_data_folder_without_rights_is_refused(tmp_path, mode):
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o111)
    var = tmp_path / "var"
    var.mkdir()
    var.chmod(mode)

    said = said_as_ordinary_user(var_folder, {"TOPSHEET_VAR": str(var)})

    var.chmod(0o700)
    assert "is not usable (Permission denied). Mend its owner and mode" in said


def test_unreadable_secret_names_whoever_made_it(tmp_path):
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o111)
    secret = tmp_path / "secret_key"
    write_private(secret, "x")
    secret.chmod(0o000)

    assert "run as that user" in said_as_ordinary_user(checks.read_private, secret)


def test_secrets_are_readable_for_their_owner_only(tmp_path):
    write_private(tmp_path / "secret_key", "x")

    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_missing_browser_is_one_line_by_hand(capsys):
    assert quality.browser({"PATH": "/nowhere"}) == {}

    assert capsys.readouterr().out.count("\n") == 1


def test_missing_browser_is_a_failure_in_ci():
    with pytest.raises(SetupError, match="apt-get install chromium"):
        quality.browser({"PATH": "/nowhere", "CI": "true"})


def test_browser_that_was_named_and_is_none_is_refused():
    with pytest.raises(SetupError, match="TOPSHEET_CHROMIUM=/nowhere/chrome is not a program"):
        quality.browser({"PATH": "/nowhere", "TOPSHEET_CHROMIUM": "/nowhere/chrome"})


def test_translations_are_compiled_once(tmp_path):
    folder = tmp_path / "locale" / "zh_Hant" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
        'msgid "Partner"\nmsgstr "夥伴"\n',
        encoding="utf-8",
    )

    assert compile_messages(tmp_path) == 1
    assert "夥伴".encode() in (folder / "django.mo").read_bytes()
    assert compile_messages(tmp_path) == 0


def test_broken_translation_is_refused_with_its_place(tmp_path):
    folder = tmp_path / "locale" / "zh_Hant" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('<<<<<<< HEAD\nmsgid "Partner"\nmsgstr "x"\n')

    with pytest.raises(SetupError, match=r"django\.po is not a translation file"):
        compile_messages(tmp_path)
