#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_server.py WAXSEAL HOST: what needs no profile: the table of verbs, probe,
and send straight to a server, with the JSON and the exit codes of the contract."""

import base64
import email
import email.policy
import os
import pty
import signal
import socket
import subprocess
import sys
import time

import clilab


# ---- the table ----

def never_loads_gtk(lab):
    linked = subprocess.run(['ldd', lab.program], capture_output=True, text=True, check=True).stdout
    assert 'libgio-2.0' in linked
    for name in ('gtk', 'gdk', 'adwaita', 'libX11', 'wayland'):
        assert name not in linked, name


def every_verb_of_the_help_has_help(lab):
    out = lab.run('--help').expect(0).out
    verbs = [line.split()[0] for line in out.split('Verbs:')[1].splitlines() if line.startswith('  ')]
    assert {'send', 'probe', 'demo', 'outbox', 'log', 'account'} == set(verbs), verbs
    for verb in verbs:
        assert verb in lab.run(verb, '--help').expect(0).out
    assert lab.run('--version').expect(0).out.startswith('waxseal ')


def wrong_usage_is_64(lab):
    for arguments in (['frobnicate'], ['--no-such-option'], ['outbox'], ['outbox', 'frobnicate'], ['probe'],
                      ['probe', 'a', 'b'], ['probe', 'http://localhost'], ['probe', 'smtps://localhost:0'],
                      ['probe', '--frobnicate', 'smtps://localhost'], ['send'], ['send', '--server', 'smtps://localhost'],
                      ['send', '--server', 'smtps://localhost', '--account', 'x', '--to', 'a@example.org'],
                      ['send', '--server', 'smtps://localhost', '--from', 'me@example.org', '--to', 'not an address'],
                      ['send', '--account', 'x', '--ca', '/dev/null', '--to', 'a@example.org'],
                      ['send', '--server', 'smtps://localhost', '--raw', 'x', '--subject', 'y'],
                      ['log', 'list', '--limit', '0'], ['outbox', 'show', 'x']):
        done = lab.run(*arguments).expect(64)
        assert done.out == '' and done.err.startswith('waxseal: '), arguments


def json_is_one_object_also_on_errors(lab):
    """Also where the line cannot be parsed, and where a name is not UTF-8."""
    to = ('send', '--server', 'smtps://localhost', '--from', 'me@example.org', '--to', 'you@example.org', '--json')
    for arguments, code in ((['send', '--frobnicate', '--json'], 64), (['send', '--json', '--to'], 64),
                            (['frobnicate', '--json'], 64), (['outbox', 'frobnicate', '--json'], 64),
                            ([*to, '--subject', '\udcff\udcfe'], 64), ([*to, '--attach', 'gone\udcff'], 66),
                            ([*to, '--body-file', 'gone\udcff'], 66), (['probe', '\udcff', '--json'], 64)):
        error = lab.run(*arguments).expect(code).json()['error']
        assert error['message'] and '\ufffd' not in error['domain'], arguments
    assert lab.run('send', '--frobnicate', '--', '--json').expect(64).out == ''
    host = lab.host()
    talkative = dict(lab.env, G_MESSAGES_DEBUG='all')
    lab.run('probe', '--json', '--ca', host.ca, host.implicit, '--password-file', lab.password,
            env=talkative).expect(0).json()


def missing_window_is_said(lab):
    env = dict(lab.env, WAXSEAL_LIBEXEC=str(lab.folder))
    lab.run(env=env).expect(69, 'The window cannot be opened')
    lab.run('mailto:a@example.org', env=env).expect(69)


def window_gets_its_arguments(lab):
    script = lab.write('waxseal-window', '#!/bin/sh\necho "$@"\n')
    os.chmod(script, 0o755)
    env = dict(lab.env, WAXSEAL_LIBEXEC=str(lab.folder))
    assert lab.run(env=env).expect(0).out == '\n'
    assert lab.run('--profile', 'p', '--demo', env=env).expect(0).out == '--profile p --demo\n'
    assert lab.run('--demo', env=env).expect(0).out == '--demo\n'
    assert lab.run('mailto:a@example.org', env=env).expect(0).out == 'mailto:a@example.org\n'


# ---- probe ----

def probe_shows_the_connection(lab):
    host = lab.host()
    for url, mode in ((host.implicit, 'implicit'), (host.starttls, 'starttls')):
        done = lab.run('probe', url, '--ca', host.ca, '--password-file', lab.password, '--json').expect(0)
        report = done.json()
        assert set(report) == {'connection', 'timing_ms', 'error'}, set(report)
        connection = report['connection']
        assert report['error'] is None and connection['mode'] == mode
        assert connection['tls']['version'] == 'TLS1.3' and connection['tls']['verified'] is True
        assert {check['name']: check['result'] for check in connection['tls']['checks']} == {
            'hostname': 'pass', 'chain': 'pass', 'validity': 'pass', 'revocation': 'skipped', 'pin': 'skipped',
            'policy': 'pass', 'dane': 'skipped'}
        assert connection['auth']['mechanism'] == 'SCRAM-SHA-256-PLUS'
        assert connection['auth']['channel_binding'] == 'tls-exporter'
        assert 'PIPELINING' in connection['extensions']
        assert len(connection['tls']['chain'][0]['sha256']) == 64
        for name in ('connect', 'tls', 'auth', 'total'):
            assert isinstance(report['timing_ms'][name], int)
    text = lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password).expect(0).out
    for word in ('TLS 1.3', 'SCRAM-SHA-256-PLUS', 'tls-exporter', 'Certificate chain', 'hostname', 'Nothing was sent'):
        assert word in text, word
    assert host.envelope() == [] and host.ask('messages') == []


def probe_without_a_user_does_not_sign_in(lab):
    host = lab.host()
    done = lab.run('probe', host.implicit.replace('practice@', ''), '--ca', host.ca, '--json').expect(0)
    assert done.json()['connection']['auth']['mechanism'] is None
    assert not [line for line in host.ask('commands') if line.startswith('AUTH')]


def wrong_certificates_are_refused(lab):
    for kind, check, words in (('wrong-name', 'hostname', 'mail.example.net'), ('expired', 'validity', 'expired'),
                               ('unknown-ca', 'chain', 'trust')):
        host = lab.host('--certificate', kind)
        for url in (host.implicit, host.starttls):
            done = lab.send(host, '--to', 'you@example.org', '--json', url=url).expect(77, words)
            result = done.json()
            assert result['state'] == 'blocked' and result['error']['code'] == check, result['error']
            failed = [one['name'] for one in result['connection']['tls']['checks'] if one['result'] == 'fail']
            assert check in failed, failed
        told = [line for line in host.ask('commands') if not line.upper().startswith(('EHLO', 'STARTTLS', 'QUIT'))]
        assert told == [], told


def another_ca_is_refused_and_a_bad_ca_file_said(lab):
    host, other = lab.host(), lab.host()
    lab.run('probe', host.implicit, '--ca', other.ca, '--password-file', lab.password).expect(77)
    lab.run('probe', host.implicit, '--ca', lab.password, '--password-file', lab.password).expect(64, 'PEM')
    lab.run('probe', host.implicit, '--ca', '/no/such/file', '--password-file', lab.password).expect(66, '/no/such/file')


def pins_hold(lab):
    host = lab.host()
    common = ('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--json')
    pin = lab.run(*common).expect(0).json()['connection']['tls']['chain'][0]['spki_sha256']
    lab.run(*common, '--pin', 'sha256:' + '0' * 64, '--pin', 'sha256:' + pin).expect(0)
    assert lab.run(*common, '--pin', 'sha256:' + '0' * 64).expect(77).json()['error']['code'] == 'pin'
    lab.run(*common, '--pin', 'sha256:abc').expect(64, 'Pin')


def minimum_tls_holds(lab):
    host = lab.host('--tls-1.2-only')
    common = ('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--json')
    assert lab.run(*common).expect(0).json()['connection']['tls']['version'] == 'TLS1.2'
    lab.run(*common, '--minimum-tls', 'TLS1.3').expect(77)


def wrong_password_is_77(lab):
    host = lab.host()
    done = lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.wrong_password, '--json')
    error = done.expect(77, '535', 'Check the user name and the password').json()['error']
    assert error['step'] == 'auth' and error['code'] == 'auth-refused'
    for secret in ('Tr0ub4dor', base64.b64encode(b'\0practice\0Tr0ub4dor').decode()):
        assert secret not in done.out + done.err


def mechanism_can_be_chosen(lab):
    host = lab.host()
    for mechanism in ('SCRAM-SHA-256', 'PLAIN'):
        done = lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--auth', mechanism, '--json')
        assert done.expect(0).json()['connection']['auth'].items() >= {'mechanism': mechanism, 'channel_binding': None}.items()
        assert base64.b64encode(b'\0practice\0practice').decode() not in done.out
    lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--auth', 'GSSAPI').expect(77)


def token_signs_in(lab):
    host = lab.host('--mechanisms', 'PLAIN XOAUTH2 OAUTHBEARER', '--token', 'ya29.Tok-en')
    good, bad = lab.write('token', 'ya29.Tok-en\n'), lab.write('bad-token', 'ya29.An-other\n')
    common = ('--ca', host.ca, '--json', '--token-file')
    for options, mechanism in (((), 'OAUTHBEARER'), (('--auth', 'XOAUTH2'), 'XOAUTH2')):
        done = lab.run('probe', host.implicit, *common, good, *options).expect(0)
        assert done.json()['connection']['auth']['mechanism'] == mechanism
        assert 'Tok-en' not in done.out + done.err
        done = lab.run('probe', host.implicit, *common, bad, *options).expect(77, '535', 'invalid_token')
        assert 'An-other' not in done.out + done.err and 'token' in done.json()['error']['hint']
    message = ('--from', 'me@example.org', '--to', 'you@example.org', '--subject', 'x', '--body-file', '-')
    assert lab.run('send', '--server', host.implicit, *common, good, *message, stdin='x\n').expect(0).json()['state'] == 'sent'

    text = lab.run('probe', host.implicit, '--ca', host.ca, '--token-file', good).expect(0).out
    assert 'OAUTHBEARER' in text and 'token' in text
    lab.run('probe', host.implicit.replace('practice@', ''), *common, good).expect(64, '--token-file needs a user')
    lab.run('probe', host.implicit, *common, lab.write('long-token', 'x' * 9000)).expect(65)
    lab.run('account', 'add', '--token-file', good).expect(64)


def certificate_and_ticket_need_no_user(lab):
    """And no password: they fail for want of what they are."""
    host = lab.host('--mechanisms', 'EXTERNAL PLAIN')
    url = host.implicit.replace('practice@', '')
    error = lab.run('probe', url, '--ca', host.ca, '--auth', 'EXTERNAL', '--json').expect(77).json()['error']
    assert error['step'] == 'auth' and 'there is no client certificate' in error['message']
    lab.run('probe', url, '--ca', host.ca, '--auth', 'GSSAPI').expect(77, 'the server offers EXTERNAL, PLAIN')


def password_in_url_is_refused(lab):
    done = lab.run('probe', 'smtps://me:Tr0ub4dor@localhost').expect(64, 'password')
    assert 'Tr0ub4dor' not in done.out + done.err


def password_is_needed_or_asked_for(lab):
    host = lab.host()
    lab.run('probe', host.implicit, '--ca', host.ca).expect(64, '--password-file')
    lab.run('probe', host.implicit.replace('practice@', ''), '--ca', host.ca, '--password-file', lab.password).expect(64, 'user')
    lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.write('empty', '')).expect(65)
    lab.run('probe', host.implicit, '--ca', host.ca, '--password-file', lab.write('long', 'x' * 5000)).expect(65)

    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(lab.program, [lab.program, 'probe', host.implicit, '--ca', host.ca], lab.env)
    shown = b''
    while b'Password of practice' not in shown:
        shown += os.read(terminal, 1000)
    os.write(terminal, b'practice\n')
    try:
        while data := os.read(terminal, 1000):
            shown += data
    except OSError:  # the terminal is gone with the program
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, shown
    os.close(terminal)
    assert b'as practice' in shown and b'\npractice\r' not in shown, shown


def unreachable_hosts_have_their_codes(lab):
    host = lab.host()
    host.close()
    lab.run('probe', f'smtps://localhost:{host.implicit_port}').expect(69)
    lab.run('probe', 'smtps://no-such-host.invalid').expect(68, 'no-such-host.invalid')


def wrong_ports_name_the_right_setting(lab):
    host = lab.host()
    done = lab.run('probe', f'smtps://localhost:{host.starttls_port}', '--ca', host.ca, '--json').expect(78, 'STARTTLS')
    assert done.json()['error']['code'] == 'wrong-port'
    lab.run('probe', f'smtp://localhost:{host.implicit_port}', '--ca', host.ca).expect(78, 'smtps://')


# ---- send ----

def message_arrives_as_written(lab):
    host = lab.host()
    attachment = os.urandom(200_000)
    for url, mode in ((host.implicit, 'implicit'), (host.starttls, 'starttls')):
        done = lab.send(host, '--to', 'Ada <ada@example.org>, you@example.org', '--cc', 'cc@example.org', '--bcc',
                        'secret@example.org', '--subject', 'Grüße', '--body-file', lab.write('body', 'Hällo\n'),
                        '--attach', lab.write('data ü.bin', attachment), '--json', url=url)
        result = done.expect(0).json()
        assert set(result) == {'state', 'message_id', 'reply', 'recipients', 'connection', 'timing_ms', 'error'}
        assert result['state'] == 'sent' and result['error'] is None and result['connection']['mode'] == mode
        assert result['reply']['code'] == 250 and result['reply']['enhanced'] == '2.0.0'
        assert [one['address'] for one in result['recipients']] == [
            'ada@example.org', 'you@example.org', 'cc@example.org', 'secret@example.org']
        octets = host.messages()[-1]
        message = email.message_from_bytes(octets, policy=email.policy.default)
        assert message['Message-ID'] == result['message_id'] and message['Subject'] == 'Grüße'
        assert message['From'] == 'Me <me@example.org>' and 'Bcc' not in message and b'secret@' not in octets
        assert message.get_body(('plain',)).get_content().strip() == 'Hällo'
        part, = message.iter_attachments()
        assert part.get_filename() == 'data ü.bin' and part.get_content() == attachment
        assert all(len(line) <= 998 for line in octets.split(b'\r\n'))
    assert len(host.envelope()) == 10 and 'secret@example.org' in host.envelope()[4]


def raw_message_is_sent_octet_for_octet(lab):
    host = lab.host()
    raw = (b'From: me@example.org\r\nTo: you@example.org\r\nSubject: x\r\nMessage-ID: <1@example.org>\r\n'
           b'Date: Tue, 24 Nov 2026 06:00:00 +0000\r\n\r\n.dot\r\n..\r\nend\r\n')
    assert lab.send(host, '--raw', lab.write('raw', raw), '--json').expect(0).json()['message_id'] == '<1@example.org>'
    unix = raw.replace(b'\r\n', b'\n').decode()
    lab.send(host, '--raw', '-', '--to', 'other@example.org', stdin=unix).expect(0)
    assert host.messages() == [raw, raw]
    assert 'you@example.org' in host.envelope()[1] and 'other@example.org' in host.envelope()[3]
    lab.send(host, '--raw', lab.write('bad', b'From: a@example.org\r\nTo: b@example.org\r\n\r\na\rb\r\n')).expect(65, 'line 4')


def text_for_people_says_what_happened(lab):
    host = lab.host('--refuse-recipient', 'nobody@example.org')
    out = lab.send(host, '--to', 'you@example.org').expect(0).out
    assert out.startswith('✓ Sent\n') and '✓  you@example.org' in out and '250 2.1.5' in out
    out = lab.send(host, '--to', 'you@example.org', '--to', 'nobody@example.org').expect(67).out
    assert out.startswith('✗ Not sent\n') and '✗  nobody@example.org' in out and '550 5.1.1' in out


def terminal_never_gets_control_characters(lab):
    # The engine shows them as “?” already; the face must not depend on it.
    host = lab.host('--fault', r'final,reply,text=550 5.7.1 \033]0;owned\007 no\r\n')
    done = lab.send(host, '--to', 'you@example.org').expect(69)
    assert '\033' not in done.out + done.err and '\007' not in done.out + done.err


def one_refused_recipient_stops_all(lab):
    host = lab.host('--refuse-recipient', 'nobody@example.org')
    result = lab.send(host, '--to', 'a@example.org', '--to', 'nobody@example.org', '--to', 'b@example.org', '--json')
    result = result.expect(67, 'nobody@example.org').json()
    assert result['state'] == 'failed' and result['error']['code'] == 'recipients'
    assert {one['address']: one['code'] for one in result['recipients']}['nobody@example.org'] == 550
    assert host.messages() == []


def message_over_size_is_refused_before_it_goes(lab):
    host = lab.host('--extension', 'PIPELINING', '--extension', 'SIZE 1000')
    result = lab.send(host, '--to', 'you@example.org', '--body-file', lab.write('body', 'x\n' * 2000), '--json')
    assert result.expect(65, 'takes no more than').json()['error']['code'] == 'too-large'
    assert host.envelope() == [] and host.messages() == []


def utf8_address_needs_smtputf8(lab):
    host = lab.host('--extension', 'PIPELINING')
    lab.send(host, '--to', 'grüße@example.org').expect(65)
    assert host.envelope() == []
    lab.send(lab.host(), '--to', 'grüße@example.org').expect(0)


def finished_message_is_encoded_anew_for_a_lesser_server(lab):
    host = lab.host('--extension', 'PIPELINING')
    raw = lab.write('raw', 'From: me@example.org\nTo: you@example.org\nMIME-Version: 1.0\nContent-Type: text/plain; '
                    'charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n')
    lab.send(host, '--raw', raw).expect(0)
    octets, = host.messages()
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert octets.isascii() and message.get_content().strip() == 'Grüße', octets


def recipients_of_several_messages_get_the_same_one(lab):
    """A finished and a composed message, to as many at once as the server says."""
    host = lab.host('--extension', 'PIPELINING', '--extension', 'LIMITS RCPTMAX=1')
    to = ('--to', 'a@example.org', '--to', 'b@example.org')
    raw = lab.write('raw', 'From: me@example.org\nTo: a@example.org, b@example.org\n\nHi\n')
    lab.send(host, '--raw', raw, *to).expect(67, 'no more than 1 of the 2')
    assert host.envelope() == []
    for count, arguments in enumerate((('--raw', raw, *to), to), 1):
        result = lab.send(host, *arguments, '--send-to-rest', '--json').expect(0).json()
        assert [each['code'] for each in result['recipients']] == [250, 250], result
        messages = host.messages()[-2:]
        assert len(host.messages()) == count * 2 and messages[0] == messages[1], messages


def header_injection_is_refused(lab):
    host = lab.host()
    for option, value in (('--subject', 'x\r\nBcc: evil@example.org'), ('--subject', 'x\nBcc: evil@example.org'),
                          ('--to', 'you@example.org\nBcc: evil@example.org'), ('--cc', 'you@example.org\revil@example.org'),
                          ('--from', 'me@example.org\r\nX: y')):
        done = lab.run('send', '--server', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--from',
                       'me@example.org', '--to', 'you@example.org', option, value)
        done.expect(65, 'line break')
    assert host.ask('commands') == [] and host.messages() == []


def files_that_cannot_be_read_are_66(lab):
    host = lab.host()
    for option in ('--attach', '--body-file'):
        lab.send(host, '--to', 'you@example.org', option, '/no/such/file').expect(66, '/no/such/file')
        lab.send(host, '--to', 'you@example.org', option, str(lab.folder)).expect(66)
    lab.send(host, '--raw', '/no/such/file').expect(66)
    lab.send(host, '--to', 'you@example.org', '--body-file', lab.write('latin', b'Gr\xfc\xdfe')).expect(65, 'UTF-8')
    assert host.ask('commands') == []


def missing_temporary_folder_is_said(lab):
    host = lab.host()
    env = dict(lab.env, TMPDIR='/no/such/folder')
    lab.send(host, '--to', 'you@example.org', env=env).expect(74, '/no/such/folder')
    assert host.ask('commands') == []


def faults_of_the_server_have_their_codes(lab):
    for fault, code, state in ((r'greeting,reply,text=421 4.3.2 busy\r\n', 75, 'deferred'),
                               (r'mail,reply,text=550 5.7.1 no\r\n', 69, 'failed'),
                               (r'final,reply,text=451 4.3.0 later\r\n', 75, 'deferred'),
                               (r'final,reply,text=554 5.6.0 spam\r\n', 69, 'failed'),
                               (r'ehlo-tls,reply,text=hello\r\n', 76, 'deferred'), ('auth,drop', 75, 'deferred'),
                               ('rcpt,drop', 75, 'unknown'), ('final,drop', 75, 'unknown')):
        host = lab.host('--fault', fault)
        done = lab.send(host, '--to', 'you@example.org', '--json')
        result = done.json()
        assert done.code == code and result['state'] == state, (fault, done.code, result['state'], done.err)
        assert result['error']['message'] in done.err and done.err.startswith('waxseal: ')


def plaintext_is_for_loopback_only_and_never_signs_in(lab):
    host = lab.host('--plaintext-port')
    common = ('send', '--from', 'me@example.org', '--to', 'you@example.org', '--json')
    lab.run(*common, '--server', host.plaintext).expect(77)
    result = lab.run(*common, '--server', host.plaintext, '--allow-plaintext-to-loopback').expect(0).json()
    assert result['connection']['mode'] == 'plaintext' and result['connection']['tls']['version'] is None
    assert result['connection']['tls']['verified'] is False
    lab.run(*common, '--server', 'smtp://smtp.example.org', '--allow-plaintext-to-loopback').expect(64, 'this machine')
    lab.run(*common, '--server', host.implicit, '--allow-plaintext-to-loopback').expect(64, 'smtp://')
    with_user = host.plaintext.replace('//', '//practice@')
    lab.run(*common, '--server', with_user, '--allow-plaintext-to-loopback').expect(64, 'without TLS')


def closed_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def further_server_is_tried_and_named(lab):
    host = lab.host()
    further = host.implicit.replace('practice@', '')
    gone = f'smtps://practice@localhost:{closed_port()}'
    common = ('--ca', host.ca, '--password-file', lab.password)
    connection = lab.run('probe', gone, '--fallback', further, *common, '--json').expect(0).json()['connection']
    assert connection['port'] == host.implicit_port and len(connection['tried']) == 1, connection
    assert 'Tried before' in lab.run('probe', gone, '--fallback', further, *common).expect(0).out
    lab.run('probe', gone, '--fallback', host.implicit, *common).expect(64, 'Further servers')
    lab.run('probe', gone, *common).expect(69)


def proxy_is_gone_through(lab):
    host = lab.host()
    common = ('probe', host.implicit, '--ca', host.ca, '--password-file', lab.password)
    port = closed_port()
    proxy = subprocess.Popen(['microsocks', '-i', '127.0.0.1', '-p', str(port), '-u', 'me', '-P', 'practice'],
                             stderr=subprocess.DEVNULL)
    lab.stack.callback(lambda: (proxy.kill(), proxy.wait()))
    while True:
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            break
        except OSError:
            assert proxy.poll() is None
            time.sleep(0.02)
    through = ('--proxy', f'socks5://me@127.0.0.1:{port}', '--proxy-password-file')
    connection = lab.run(*common, *through, lab.password, '--json').expect(0).json()['connection']
    assert connection['via'] == f'socks5://127.0.0.1:{port}' and connection['address'] is None, connection
    assert 'Through' in lab.run(*common, *through, lab.password).expect(0).out
    lab.run(*common, *through, lab.wrong_password).expect(78, 'The proxy')
    lab.run(*common, '--proxy', f'http://127.0.0.1:{closed_port()}').expect(69, 'The proxy')
    for word in ('none', 'system'):
        connection = lab.run(*common, '--proxy', word, '--json').expect(0).json()['connection']
        assert connection['via'] is None and connection['address'] == '127.0.0.1', connection
    lab.run(*common, '--proxy', 'socks4://127.0.0.1:1080').expect(64, 'Proxy')
    lab.run(*common, '--proxy', 'socks5://me:practice@127.0.0.1:1080').expect(64, 'password')
    lab.run(*common, '--proxy-password-file', lab.password).expect(64, '--proxy-password-file')


def domain_is_looked_up_in_the_dns(lab):
    lab.run('probe', 'smtps+srv://127.0.0.1').expect(64, '+srv://')
    lab.run('probe', 'smtps+srv://example.org:465').expect(64, '+srv://')
    lab.run('probe', 'smtps+srv://nowhere.invalid').expect(68, 'nowhere.invalid')


def interrupt_ends_it(lab):
    host = lab.host('--fault', 'ehlo-tls,delay,delay=100000')
    process = lab.start('send', '--server', host.implicit, '--ca', host.ca, '--password-file', lab.password, '--from',
                        'me@example.org', '--to', 'you@example.org', '--json')
    while not host.ask('commands'):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=clilab.WAIT_SECONDS)
    assert process.returncode == 75 and '"cancelled"' in out, (process.returncode, out)


def waiting_for_a_pipe_can_be_interrupted(lab):
    pipe = lab.folder / 'pipe'
    os.mkfifo(pipe)
    for option in ('--body-file', '--raw', '--ca'):
        process = lab.start('send', '--server', 'smtps://localhost', '--from', 'me@example.org', '--to',
                            'you@example.org', '--json', option, pipe)
        # It waits once it holds the pipe's other end: only then is there a reader.
        while True:
            try:
                writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
                break
            except OSError:
                time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=clilab.WAIT_SECONDS)
        os.close(writer)
        assert process.returncode == 130 and '"error"' in out, (option, process.returncode, out)


if __name__ == '__main__':
    sys.exit(clilab.main([
        never_loads_gtk, every_verb_of_the_help_has_help, wrong_usage_is_64, missing_window_is_said,
        json_is_one_object_also_on_errors, waiting_for_a_pipe_can_be_interrupted,
        window_gets_its_arguments, probe_shows_the_connection, probe_without_a_user_does_not_sign_in,
        wrong_certificates_are_refused, another_ca_is_refused_and_a_bad_ca_file_said, pins_hold, minimum_tls_holds,
        wrong_password_is_77, mechanism_can_be_chosen, token_signs_in, certificate_and_ticket_need_no_user, password_in_url_is_refused, password_is_needed_or_asked_for,
        unreachable_hosts_have_their_codes, wrong_ports_name_the_right_setting, message_arrives_as_written,
        raw_message_is_sent_octet_for_octet, text_for_people_says_what_happened,
        terminal_never_gets_control_characters, one_refused_recipient_stops_all,
        message_over_size_is_refused_before_it_goes, utf8_address_needs_smtputf8, header_injection_is_refused,
        finished_message_is_encoded_anew_for_a_lesser_server, recipients_of_several_messages_get_the_same_one,
        files_that_cannot_be_read_are_66, missing_temporary_folder_is_said,
        faults_of_the_server_have_their_codes,
        plaintext_is_for_loopback_only_and_never_signs_in, interrupt_ends_it, further_server_is_tried_and_named,
        proxy_is_gone_through, domain_is_looked_up_in_the_dns,
    ]))
