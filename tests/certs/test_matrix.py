#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_matrix.py WAXSEAL MAKE TABLE: the certificate matrix. Serves each certificate that
MAKE makes by openssl-s_server(1), over TLS 1.3 and over TLS 1.2, has `waxseal probe` look at
it, and compares the verdict. The table of what came of it is printed and written to TABLE.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WAIT_SECONDS = 120
VERSIONS = {'1.3': '-tls1_3', '1.2': '-tls1_2'}


class Authorities(ThreadingHTTPServer):
    """Answers for the authorities: OCSP by openssl-ocsp(1), and their lists."""

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Answer)
        self.folder = None
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}'

    def respond(self, name, request):
        own = self.folder / 'authorities' / name
        with self.lock, tempfile.TemporaryDirectory() as folder:
            (Path(folder) / 'request').write_bytes(request)
            subprocess.run(['openssl', 'ocsp', '-index', f'{own}.index', '-CA', f'{own}.pem', '-rsigner', f'{own}.pem',
                            '-rkey', f'{own}.key', '-reqin', f'{folder}/request', '-respout', f'{folder}/response',
                            '-ndays', '1'], check=True, capture_output=True)
            return (Path(folder) / 'response').read_bytes()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, name, rest = (self.path.split('/', 3)[1:] + ['', ''])[:3]
        if kind == 'ocsp':
            self.answer('application/ocsp-response',
                        self.server.respond(name, base64.b64decode(urllib.parse.unquote(rest))))
        elif kind == 'crl':
            self.answer('application/pkix-crl', (self.server.folder / 'authorities' / f'{name}.crl').read_bytes())
        else:
            self.send_error(503)

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        kind, name = (self.path.split('/', 3)[1:] + [''])[:2]
        if kind == 'ocsp':
            self.answer('application/ocsp-response', self.server.respond(name, body))
        else:
            self.send_error(503)

    def answer(self, content_type, body):
        self.send_response(200)
        self.send_header('Content-Type', content_type)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


class Server:
    """openssl s_server that says what a submission server says; nothing else of SMTP matters here."""

    def __init__(self, folder, version):
        arguments = ['openssl', 's_server', '-accept', '127.0.0.1:0', '-cert', str(folder / 'leaf.pem'), '-key',
                     str(folder / 'key.pem'), version, '-cipher', 'DEFAULT:@SECLEVEL=0', '-no_ticket']
        if (folder / 'sent.pem').stat().st_size > 0:
            arguments += ['-cert_chain', str(folder / 'sent.pem')]
        if (folder / 'staple.der').exists():
            arguments += ['-status_file', str(folder / 'staple.der')]
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = []
        for line in iter(self.process.stdout.readline, b''):
            self.said.append(line)
            found = re.search(rb'ACCEPT .*:(\d+)', line)
            if found:
                self.port = int(found.group(1))
                break
        else:
            raise AssertionError(b''.join(self.said).decode())
        self.say(b'220 matrix ESMTP\r\n')
        threading.Thread(target=self.listen, daemon=True).start()

    def say(self, words):
        try:
            self.process.stdin.write(words)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def listen(self):
        for line in iter(self.process.stdout.readline, b''):
            self.said.append(line)
            if b'EHLO ' in line:
                self.say(b'250 matrix\r\n')
            elif line.startswith(b'QUIT'):
                self.say(b'221 bye\r\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()


class Matrix:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.cases = json.loads((folder / 'cases.json').read_text())
        self.rows = []
        self.can_be_hard = '--revocation' in subprocess.run([program, 'probe', '--help'], capture_output=True, text=True,
                                                            check=True).stdout
        self.env = {**os.environ, 'no_proxy': '*', 'HOME': str(folder), 'LC_ALL': 'C.UTF-8'}

    def probe(self, name, case, port):
        options = ['--revocation', 'hard'] if case.get('hard') else []
        done = subprocess.run([self.program, 'probe', '--json', '--ca', str(self.folder / name / 'ca.pem'), *options,
                               f'smtps://{case["host"]}:{port}'], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=WAIT_SECONDS, env=self.env, check=False)
        assert done.stdout.startswith('{'), done.stdout + done.stderr
        return done.returncode, json.loads(done.stdout)

    def look(self, name, case, version):
        with Server(self.folder / name, VERSIONS[version]) as server:
            code, report = self.probe(name, case, server.port)
            told = b''.join(server.said)
        tls = report['connection']['tls']
        checks = {check['name']: check for check in tls['checks']}
        failed = [check['name'] for check in tls['checks'] if check['result'] == 'fail']
        error = report['error']
        expected = case.get('fails')
        detail = checks[expected or 'revocation']['detail'] if checks else ''
        self.rows.append((name, version, case['says'], expected or 'verified',
                          (error['code'] if error else 'verified'), detail))

        if expected is None:
            assert error is None and code == 0, (code, error)
            assert tls['verified'] and not failed, tls
            assert tls['version'] == f'TLS{version}', tls['version']
            assert checks['revocation']['result'] == case.get('revocation', checks['revocation']['result']), detail
        else:
            assert code == 77, (code, error)
            assert not tls['verified'] and failed[0] == expected, failed
            assert (error['step'], error['code']) == ('tls', expected), error
            assert error['message'] == detail and detail, error
            assert b'EHLO' not in told, told
        assert case.get('words', '') in detail, detail

    def table(self):
        head = ('case', 'TLS', 'what it is', 'expected', 'verdict', 'in words')
        rows = [head, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
        return '\n'.join('  '.join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[-1]]) for row in rows) + '\n'


def run(program, make, table_path):
    with tempfile.TemporaryDirectory(prefix='waxseal-certs-') as top:
        authorities = Authorities()
        authorities.folder = Path(top) / 'made'
        subprocess.run([sys.executable, make, str(authorities.folder), '--url', authorities.url], check=True)
        matrix = Matrix(program, authorities.folder)
        print(f'1..{len(matrix.cases) * len(VERSIONS)}', flush=True)
        bad = number = 0
        for name, case in matrix.cases.items():
            for version in VERSIONS:
                number += 1
                if case.get('hard') and not matrix.can_be_hard:
                    print(f'ok {number} - {name}-tls-{version} # SKIP this waxseal has no --revocation')
                    continue
                try:
                    matrix.look(name, case, version)
                    print(f'ok {number} - {name}-tls-{version}', flush=True)
                except (AssertionError, KeyError, IndexError, subprocess.SubprocessError) as problem:
                    bad += 1
                    print(f'not ok {number} - {name}-tls-{version}')
                    print('#', repr(problem).replace('\n', '\n# ')[:2000], flush=True)
        table = matrix.table()
        Path(table_path).write_text(table, encoding='utf-8')
        print('# ' + table.rstrip().replace('\n', '\n# '))
        authorities.shutdown()
        authorities.server_close()
        return 1 if bad else 0


if __name__ == '__main__':
    assert shutil.which('openssl'), 'openssl(1) is missing'
    sys.exit(run(*sys.argv[1:4]))
