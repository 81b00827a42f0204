"""A mail server of somebody else's making (aiosmtpd), strict: STARTTLS first, then a login, then mail.

    server.py CERTIFICATE KEY DIRECTORY USER PASSWORD

Prints its port. Each mail becomes DIRECTORY/N.json (how it came) and then DIRECTORY/N.eml (what it says).
"""

import asyncio
import itertools
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    def __init__(self, directory):
        self.directory = directory
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server, session, envelope):
        number = next(self.numbers)
        how = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }
        (self.directory / f"{number}.json").write_text(json.dumps(how), encoding="utf-8")
        unfinished = self.directory / f"{number}.part"
        unfinished.write_bytes(envelope.original_content)
        unfinished.rename(self.directory / f"{number}.eml")
        return "250 taken"


async def serve(certificate, key, directory, user, password):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    expected = (user.encode(), password.encode())
    mailbox = Mailbox(pathlib.Path(directory))

    def authenticate(server, session, envelope, mechanism, login):
        return AuthResult(success=(login.login, login.password) == expected, handled=False, auth_data=login)

    def conversation():
        return SMTP(mailbox, hostname="localhost", tls_context=tls, require_starttls=True, auth_required=True,
                    auth_require_tls=True, authenticator=authenticate, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(conversation, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve(*sys.argv[1:]))
