# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share: the program under test, a practice
host beside it, a temporary folder, and TAP."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

WAIT_SECONDS = 120


class Host:
    """A practice host as a process of its own; ends with its stdin."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        start = json.loads(self.process.stdout.readline())
        self.ca = start['ca_file']
        self.implicit = f'smtps://practice@localhost:{start["implicit_port"]}'
        self.starttls = f'smtp://practice@localhost:{start["starttls_port"]}'
        self.plaintext = f'smtp://localhost:{start["plaintext_port"]}'
        self.implicit_port = start['implicit_port']
        self.starttls_port = start['starttls_port']

    def ask(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def messages(self):
        return [Path(path).read_bytes() for path in self.ask('messages')]

    def envelope(self):
        """What MAIL and RCPT said, in order."""
        return [line for line in self.ask('commands') if line.upper().startswith(('MAIL FROM:', 'RCPT TO:'))]

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(WAIT_SECONDS)


class Done:
    """How a run of the program ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def expect(self, code, *words):
        """Fails unless it ended with code and stderr has all the words; returns self."""
        assert self.code == code, f'exit code {self.code} in place of {code}\n{self.out[-3000:]}{self.err}'
        for word in words:
            assert word in self.err, f'no "{word}" in: {self.err}'
        return self


class Lab:
    def __init__(self, program, host_program):
        self.program, self.host_program = os.path.abspath(program), os.path.abspath(host_program)
        self.folder = Path(tempfile.mkdtemp(prefix='waxseal-cli-'))
        self.stack = contextlib.ExitStack()
        self.password = self.write('password', 'practice\n')
        self.wrong_password = self.write('wrong-password', 'Tr0ub4dor\n')
        self.env = dict(os.environ, LC_ALL='C.UTF-8', NO_COLOR='1')
        for name in ('WAXSEAL_PROFILE', 'XDG_DATA_HOME'):
            self.env.pop(name, None)
        self.env['HOME'] = str(self.folder / 'home')
        (self.folder / 'home').mkdir(mode=0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def host(self, *options):
        host = Host(self.host_program, *options)
        self.stack.callback(host.close)
        return host

    def run(self, *arguments, stdin=None, env=None):
        """Runs waxseal; stdin is text, or nothing is there to read."""
        done = subprocess.run([self.program, *map(str, arguments)], input=stdin if stdin is not None else '',
                              capture_output=True, text=True, env=env or self.env, cwd=self.folder,
                              timeout=WAIT_SECONDS, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments):
        process = subprocess.Popen([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.env,
                                   cwd=self.folder)
        self.stack.callback(lambda: process.poll() is None and process.kill())
        return process

    def send(self, host, *arguments, url=None, **more):
        """send --server with what is nearly always given."""
        return self.run('send', '--server', url or host.implicit, '--ca', host.ca, '--password-file', self.password,
                        '--from', 'Me <me@example.org>', *arguments, **more)


def main(tests):
    """Runs each test with a lab of its own; the program and the host are the arguments."""
    failed = False
    print(f'1..{len(tests)}', flush=True)
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace('_', '-')
        try:
            with Lab(sys.argv[1], sys.argv[2]) as lab:
                test(lab)
            print(f'ok {number} - {name}', flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            for line in traceback.format_exc().splitlines():
                print('#', line)
            print(f'not ok {number} - {name}', flush=True)
    return 1 if failed else 0
