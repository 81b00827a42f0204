"""The two servers that an app meets, with their mailboxes: a real Django site, and Countersign in its place."""

import email
import email.policy
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import servers
from expectations import PATIENCE_S, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(HERE, "site")


class Mailbox:
    """The mails in the files of a directory. Each is read once."""

    def __init__(self, directory, ending, separator=None):
        self.directory, self.ending, self.separator = directory, ending, separator
        self.read, self.unread = {}, []

    def take(self, address):
        """The texts of the unread mails to this address."""
        names = os.listdir(self.directory) if os.path.isdir(self.directory) else []
        for name in sorted(name for name in names if name.endswith(self.ending)):
            with open(os.path.join(self.directory, name), "rb") as file:
                content = file.read()
            # A mail is whole when what stands behind it is there.
            mails = content.split(self.separator)[:-1] if self.separator else [content]
            self.unread += mails[self.read.get(name, 0):]
            self.read[name] = len(mails)
        parsed = [email.message_from_bytes(mail.lstrip(), policy=email.policy.default) for mail in self.unread]
        taken = [mail for mail in parsed if mail["To"] == address]
        self.unread = [raw for raw, mail in zip(self.unread, parsed) if mail["To"] != address]
        return [mail.get_body(("plain", "html")).get_content() for mail in taken]


class DjangoSite:
    """The site of a package, with its database and mails below `directory`, whose pages have this origin."""

    def __init__(self, package, directory, pages):
        os.mkdir(directory)
        self.directory = directory
        self.port = servers.free_port()
        self.origin = f"http://localhost:{self.port}"
        self.environment = {**os.environ, "PACKAGE": package, "SITE": directory, "PAGES": pages,
                            "DJANGO_SETTINGS_MODULE": "settings", "PYTHONDONTWRITEBYTECODE": "1"}
        self.mailbox = Mailbox(os.path.join(directory, "mails"), ".log", b"\n" + b"-" * 79 + b"\n")
        self.manage("migrate", "--verbosity=0")
        with open(os.path.join(directory, "log"), "wb") as log:
            self.process = subprocess.Popen(self.command("runserver", "--noreload", f"127.0.0.1:{self.port}"), cwd=SITE,
                                            env=self.environment, stdout=log, stderr=log)
        try:
            wait_for("Django does not serve", self.answers, self.log)
        except BaseException:
            self.stop()
            raise

    def command(self, *arguments):
        return [sys.executable, "-m", "django", *arguments]

    def manage(self, *arguments):
        subprocess.run(self.command(*arguments), cwd=SITE, env=self.environment, check=True)

    def answers(self):
        if self.process.poll() is not None:
            raise SystemExit(f"Django ended:\n{self.log()}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=PATIENCE_S).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8") as file:
            return file.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE_S)


class Countersign(servers.Countersign):
    """Serves with these settings, after an import of the users of this dump, if there is one. Where the settings name a
    file with the secrets of the old site, it has that of the Django sites here.
    """

    def __init__(self, program, directory, settings, base_path, dump=None):
        self.base_path, self.dump = base_path, dump
        self.mailbox = Mailbox(os.path.join(directory, "var", "mailbox"), ".eml")
        super().__init__(program, directory, settings.replace('"old.secret"', f'"{SITE}/old.secret"'))

    def begin(self):
        super().begin()
        if self.dump:
            subprocess.run(self.command("users", "import", self.dump), cwd=self.directory, check=True,
                           stdout=subprocess.DEVNULL)
