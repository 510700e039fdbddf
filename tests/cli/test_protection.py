#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_protection.py WAXSEAL HOST: what an account demands of its connection beside a
trusted certificate, what it shows to the server, and what it allows for a time."""

import datetime
import hashlib
import socket
import ssl
import subprocess
import sys
import threading

import clilab
from test_profile import Profile

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
SOON = str(TODAY + datetime.timedelta(days=30))
CBC = 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256'
OTHER_CBC = 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384'
KEYS = ['sha256:' + digit * 64 for digit in '0123']


def openssl(*arguments, **more):
    return subprocess.run(['openssl', *map(str, arguments)], check=True, capture_output=True, **more).stdout


class Bridge:
    """A server on this machine that nobody vouches for: TLS 1.2, one suite, with CBC."""

    def __init__(self, lab, name='127.0.0.1'):
        self.cert, key = lab.folder / 'bridge.pem', lab.folder / 'bridge.key'
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', self.cert, '-days', '60',
                '-subj', f'/CN={name}', '-addext', f'subjectAltName=IP:{name}')
        public = openssl('x509', '-in', self.cert, '-pubkey', '-noout')
        self.key = hashlib.sha256(openssl('pkey', '-pubin', '-outform', 'DER', input=public)).hexdigest()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.cert, key)
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers('ECDHE-RSA-AES128-SHA256')
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.url = f'smtps://localhost:{self.socket.getsockname()[1]}'
        self.heard = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            plain, _ = self.socket.accept()
            try:
                with self.context.wrap_socket(plain, server_side=True) as tls:
                    tls.sendall(b'220 bridge ESMTP\r\n')
                    while line := tls.recv(1000):
                        self.heard.append(line)
                        tls.sendall(b'250 bridge\r\n' if line.startswith(b'EHLO') else b'221 bye\r\n')
            except OSError:
                plain.close()


def check(result, name):
    return next(one for one in result['connection']['tls']['checks'] if one['name'] == name)


def exceptions_allow_what_they_name_and_nothing_else(lab):
    bridge = Bridge(lab)
    untrusted = ('--exception', f'untrusted=sha256:{bridge.key}@{SOON}')
    suite = ('--exception', f'cipher={CBC}@{SOON}')
    for wrong in ((), untrusted, suite, (*untrusted, '--exception', f'cipher={OTHER_CBC}@{SOON}'),
                  (*suite, '--exception', f'untrusted={"0" * 64}@{SOON}')):
        lab.run('probe', bridge.url, *wrong).expect(77)
    assert bridge.heard == [], bridge.heard
    result = lab.run('probe', bridge.url, *untrusted, *suite, '--json').expect(0).json()
    tls = result['connection']['tls']
    assert (tls['version'], tls['cipher'], tls['verified']) == ('TLS1.2', CBC, True)
    assert tls['exceptions'] == [f'a pinned key that no authority vouches for, until {SOON}',
                                 f'the cipher suite {CBC}, until {SOON}'], tls['exceptions']
    for name in ('hostname', 'chain', 'policy'):
        assert check(result, name)['exception_until'].startswith(SOON), result
    heard = len(bridge.heard)
    lab.run('probe', bridge.url, *untrusted, *suite, '--minimum-tls', 'TLS1.3').expect(77, 'TLS 1.3 is required')
    assert len(bridge.heard) == heard
    lab.run('probe', bridge.url, *untrusted, *suite, '--minimum-tls', 'TLS1.3', '--exception',
            f'version@{SOON}').expect(0)
    text = lab.run('probe', bridge.url, *untrusted, *suite).expect(0).out
    assert 'Exception' in text and SOON in text


def bad_values_name_the_option(lab):
    host = lab.host()
    late = TODAY + datetime.timedelta(days=400)
    for options, code, word in (
            (('--backup-pin', KEYS[0]), 64, 'Backup pin'),
            (('--pin', KEYS[0], '--backup-pin', KEYS[0]), 64, 'Backup pin'),
            (('--pins-renew', 'tomorrow', '--pin', KEYS[0]), 64, '--pins-renew'),
            (('--pins-renew', SOON), 64, 'Renewal of the pins'),
            (('--revocation', 'firm'), 64, '--revocation'),
            (('--dane', 'firm'), 64, '--dane'),
            (('--client-key', '/key.pem'), 64, 'Key of the client certificate'),
            (('--client-cert', '/c.pem', '--client-pkcs11', 'pkcs11:token=t'), 64, '--client-pkcs11'),
            (('--client-pkcs11', 'pkcs11:token=t?pin-value=1'), 64, 'no PIN in it'),
            (('--exception', f'plaintext@{SOON}'), 64, '--exception'),
            (('--client-pkcs11', '/etc/hosts'), 64, '--client-pkcs11'),
            (('--client-cert', '/nowhere.pem'), 78, '/nowhere.pem'),
            (('--client-password-file', lab.password), 64, '--client-password-file'),
            (('--pin', 'none', '--pin', KEYS[0]), 64, 'Pin'),
            (('--exception', 'none', '--exception', f'version@{SOON}'), 64, '--exception'),
            (('--exception', f'version=TLS1.1@{SOON}'), 64, 'nothing more to name'),
            (('--exception', 'version'), 64, '--exception'),
            (('--exception', 'version@2027-02-30'), 64, '--exception'),
            (('--exception', f'version@{late}'), 64, 'longer than a year'),
            (('--exception', f'cipher=TLS_RSA_WITH_AES_128_CBC_SHA@{SOON}'), 64, 'ECDHE')):
        lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password,
                *options).expect(code, word)
    assert host.ask('commands') == []


def accounts_keep_and_change_it(lab):
    profile = Profile(lab)

    def show():
        return profile.run('account', 'show', 'main', '--json').expect(0).json()

    profile.run('account', 'change', 'main', '--pin', KEYS[0], '--backup-pin', KEYS[1], '--pins-renew', SOON,
                '--revocation', 'hard', '--dane', 'off', '--minimum-tls', 'TLS1.3', '--client-cert',
                lab.folder / 'me.pem').expect(0)
    shown = show()
    assert shown['server'] == profile.host.implicit and shown['own_ca'] and shown['user'] == 'practice', shown
    assert (shown['pins'], shown['backup_pins'], shown['pins_renew'][:10], shown['revocation'], shown['dane'],
            shown['minimum_tls'], shown['client_certificate']) == (
        [KEYS[0]], [KEYS[1]], SOON, 'hard', 'off', 'TLS1.3', str(lab.folder / 'me.pem')), shown
    profile.run('account', 'change', 'main', '--backup-pin', KEYS[0]).expect(64, 'Backup pin')
    assert show() == shown
    # What cannot be shown is said before anything is connected.
    before = profile.host.ask('commands')
    profile.run('account', 'test', 'main').expect(77, 'me.pem')
    assert profile.host.ask('commands') == before
    profile.run('account', 'change', 'main', '--pin', 'none', '--backup-pin', 'none', '--pins-renew', 'none',
                '--revocation', 'soft', '--client-cert', 'none').expect(0)
    shown = show()
    assert (shown['pins'], shown['backup_pins'], shown['pins_renew'], shown['client_certificate']) == (
        [], [], None, None), shown
    profile.run('account', 'test', 'main').expect(0)


def exceptions_of_an_account_are_shown_and_recorded(lab):
    profile, bridge = Profile(lab), Bridge(lab)
    profile.run('account', 'change', 'main', '--label', 'bridge').expect(0)
    profile.run('account', 'add', '--label', 'local', '--address', 'l@example.org', '--server', bridge.url).expect(0)
    profile.run('account', 'test', 'local').expect(77)
    profile.run('account', 'exception', 'local', '--allow', 'untrusted', '--value', f'sha256:{bridge.key}').expect(
        64, '--until')
    profile.run('account', 'exception', 'local', '--allow', 'untrusted', '--value', f'sha256:{bridge.key}', '--until',
                SOON, '--reason', 'a bridge on this machine').expect(0)
    profile.run('account', 'exception', 'local', '--allow', 'cipher', '--value', CBC, '--until', SOON).expect(0)
    exceptions = profile.run('account', 'show', 'local', '--json').expect(0).json()['exceptions']
    assert [(one['allow'], one['value'], one['until'][:10], one['current']) for one in exceptions] == [
        ('untrusted', bridge.key, SOON, True), ('cipher', CBC, SOON, True)], exceptions
    tested = profile.run('account', 'test', 'local', '--json').expect(0).json()
    assert len(tested['connection']['tls']['exceptions']) == 2, tested
    profile.run('account', 'exception', 'local', '--remove', '--until', SOON).expect(64, '--remove')
    profile.run('account', 'exception', 'local', '--remove', '--value', KEYS[3]).expect(64, 'no such exception')
    profile.run('account', 'exception', 'local', '--remove', '--value', f'sha256:{bridge.key}').expect(0)
    profile.run('account', 'exception', 'local', '--remove', '--allow', 'untrusted').expect(64, 'no such exception')
    profile.run('account', 'test', 'local').expect(77)
    log = profile.run('log', 'list', '--json').expect(0).out
    for words in ('was given an exception: a pinned key that no authority vouches for', 'lost an exception'):
        assert words in log, log
    profile.run('log', 'verify').expect(0)


def help_tells_of_all(lab):
    for verb in (('send',), ('probe',), ('account', 'add'), ('account', 'change')):
        text = lab.run(*verb, '--help' if verb != ('send',) else '--help-all').out
        text += lab.run(*verb, '--help-all').out
        for option in ('--backup-pin', '--pins-renew', '--revocation', '--dane', '--client-cert', '--client-key',
                       '--client-pkcs11', '--client-password-file', '--exception'):
            assert option + '=' in text, (verb, option)


if __name__ == '__main__':
    sys.exit(clilab.main([
        exceptions_allow_what_they_name_and_nothing_else, bad_values_name_the_option, accounts_keep_and_change_it,
        exceptions_of_an_account_are_shown_and_recorded, help_tells_of_all,
    ]))
