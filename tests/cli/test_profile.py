#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_profile.py WAXSEAL HOST: accounts, outbox, log and demo, each with a
profile of its own and (through with-keyring) a keyring of the test's."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import clilab


class Profile:
    """A profile with an account at a practice host."""

    def __init__(self, lab, *host_options):
        self.lab, self.folder = lab, lab.folder / 'profile'
        self.host = lab.host(*host_options)
        self.add('main', 'me@example.org').expect(0)

    def run(self, *arguments, **more):
        return self.lab.run(*arguments, '--profile', self.folder, **more)

    def add(self, label, address, *arguments, password=None):
        return self.run('account', 'add', '--server', self.host.implicit, '--ca', self.host.ca, '--password-file',
                        password or self.lab.password, '--address', address, '--label', label, '--json', *arguments)

    def send(self, *arguments, account='main', **more):
        return self.run('send', '--account', account, '--subject', 'Hi', '--json', *arguments, **more)

    def items(self):
        return {item['id']: item for item in self.run('outbox', 'list', '--json').expect(0).json()['items']}


# ---- account ----

def nothing_is_made_by_looking(lab):
    for verb in (['outbox', 'list'], ['log', 'list'], ['log', 'verify'], ['account', 'list'],
                 ['send', '--account', 'x', '--to', 'a@example.org']):
        lab.run(*verb, '--profile', lab.folder / 'none').expect(78, 'account add')
    assert not (lab.folder / 'none').exists()
    lab.run('account', 'list', '--profile', '').expect(64, '--profile')
    lab.run('--profile=', 'account', 'list').expect(64, '--profile')


def accounts_are_added_listed_tested_and_removed(lab):
    profile = Profile(lab)
    accounts = profile.run('account', 'list', '--json').expect(0).json()['accounts']
    assert [(one['label'], one['address'], one['user'], one['own_ca']) for one in accounts] == [
        ('main', 'me@example.org', 'practice', True)]
    assert 'practice' not in Path(profile.folder, 'profile-id').read_text()
    profile.run('account', 'test', 'main').expect(0)
    profile.add('main', 'other@example.org').expect(64, 'another account')
    profile.add('bad', 'not an address').expect(64)
    profile.add('bad', 'bad@example.org', password=lab.wrong_password).expect(0)
    tested = profile.run('account', 'test', 'bad', '--json').expect(77, '535').json()
    assert tested['error']['code'] == 'auth-refused'
    profile.run('account', 'remove', 'bad').expect(0)
    profile.run('account', 'test', 'bad').expect(78, 'bad')
    assert len(profile.run('account', 'list', '--json').json()['accounts']) == 1
    lab.run('account', 'add', '--profile', profile.folder).expect(64, '--server')
    lab.run('account', 'add', '--profile', profile.folder, '--server', 'smtps://a:b@localhost', '--address',
            'a@example.org').expect(64, 'password')


def database_and_command_line_hold_no_password(lab):
    lab.password = lab.write('long-password', 'correct horse battery staple')
    profile = Profile(lab, '--password', 'correct horse battery staple')
    profile.send('--to', 'you@example.org').expect(0)
    for path in profile.folder.iterdir():
        content = path.read_bytes()
        assert b'correct horse' not in content and b'you@example.org' not in content, path
    assert not (profile.folder / 'waxseal.db').read_bytes().startswith(b'SQLite')


# ---- send and outbox ----

def send_goes_through_outbox_and_log(lab):
    profile = Profile(lab)
    attachment = os.urandom(50_000)
    result = profile.send('--to', 'you@example.org', '--bcc', 'secret@example.org', '--attach',
                          lab.write('data.bin', attachment), '--markdown', '--body-file', '-', stdin='**Hi**\n')
    result = result.expect(0).json()
    assert result['state'] == 'sent' and result['id'] == 1 and result['error'] is None
    assert result['connection']['tls']['version'] == 'TLS1.3'
    assert result['connection']['auth']['channel_binding'] == 'tls-exporter'
    assert set(result) == {'id', 'state', 'message_id', 'reply', 'recipients', 'connection', 'timing_ms', 'error'}
    octets, = profile.host.messages()
    assert result['message_id'].encode() in octets and b'secret@' not in octets
    item = profile.items()[1]
    assert item['state'] == 'sent' and item['account'] == 'main' and item['attempts'] == 1
    shown = profile.run('outbox', 'show', '1', '--json').expect(0).json()
    assert shown['result']['connection'] == result['connection']
    life = profile.run('log', 'list', '--message-id', result['message_id'], '--json').expect(0).json()['entries']
    assert {entry['event']['class_uid'] for entry in life} >= {4009} and len(life) >= 2
    for words, expected in (('secret@example.org', True), ('nobody@example.org', False)):
        found = profile.run('log', 'search', words, '--json').expect(0).json()['entries']
        assert any(entry['event']['class_uid'] == 4009 for entry in found) == expected, words


def message_waits_until_it_is_run(lab):
    profile = Profile(lab)
    waiting = profile.send('--to', 'you@example.org', '--no-wait').expect(0).json()
    assert waiting['state'] == 'queued' and waiting['connection'] is None
    assert profile.host.messages() == [] and profile.items()[1]['state'] == 'queued'
    octets = profile.run('outbox', 'show', '1', '--message').expect(0).out
    assert 'Subject: Hi' in octets
    ran = profile.run('outbox', 'run', '--json').expect(0).json()['items']
    assert [(item['id'], item['state']) for item in ran] == [(1, 'sent')]
    assert len(profile.host.messages()) == 1
    assert profile.run('outbox', 'run', '--json').expect(0).json()['items'] == []


def cancelled_message_does_not_go(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org', '--no-wait').expect(0)
    assert profile.run('outbox', 'cancel', '1', '--json').expect(0).json()['state'] == 'cancelled'
    profile.run('outbox', 'run').expect(0)
    assert profile.host.messages() == []
    profile.run('outbox', 'cancel', '99').expect(64, '99')


def refused_recipient_keeps_the_message(lab):
    profile = Profile(lab, '--refuse-recipient', 'nobody@example.org')
    result = profile.send('--to', 'you@example.org', '--to', 'nobody@example.org').expect(67).json()
    assert result['state'] == 'failed' and result['error']['code'] == 'recipients'
    assert profile.host.messages() == [] and profile.items()[1]['state'] == 'failed'
    assert 'Subject: Hi' in profile.run('outbox', 'show', '1', '--message').expect(0).out


def wrong_password_blocks_and_retry_sends(lab):
    profile = Profile(lab)
    profile.add('late', 'late@example.org', password=lab.wrong_password).expect(0)
    assert profile.send('--to', 'you@example.org', account='late').expect(77).json()['state'] == 'blocked'
    assert profile.run('outbox', 'run', '--json').expect(0).json()['items'] == []
    assert profile.run('outbox', 'retry', '1', '--json').expect(0).json()['state'] == 'queued'
    profile.run('outbox', 'run').expect(77)
    assert profile.items()[1]['state'] == 'blocked' and profile.items()[1]['attempts'] == 2


def mechanism_without_a_password_needs_none(lab):
    """Nobody asks for one: what is missing is the certificate."""
    profile = Profile(lab, '--mechanisms', 'PLAIN EXTERNAL')
    profile.run('account', 'add', '--server', profile.host.implicit, '--ca', profile.host.ca, '--address',
                'card@example.org', '--label', 'card', '--auth', 'EXTERNAL').expect(0)
    error = profile.send('--to', 'you@example.org', account='card').expect(77).json()['error']
    assert 'there is no client certificate' in error['message'], error
    profile.run('account', 'test', 'card').expect(77, 'there is no client certificate')


def temporary_refusal_is_deferred(lab):
    profile = Profile(lab, '--fault', r'mail,reply,text=451 4.7.1 later\r\n')
    result = profile.send('--to', 'you@example.org').expect(75).json()
    assert result['state'] == 'deferred'
    assert profile.items()[1]['next_attempt'] is not None
    profile.host.ask('fault none')
    profile.run('outbox', 'retry', '1').expect(0)
    profile.run('outbox', 'run').expect(0)
    assert len(profile.host.messages()) == 1


def lost_reply_is_unknown_and_never_repeated(lab):
    profile = Profile(lab, '--fault', 'final,drop')
    assert profile.send('--to', 'you@example.org').expect(75).json()['state'] == 'unknown'
    profile.host.ask('fault none')
    assert profile.run('outbox', 'run', '--json').expect(0).json()['items'] == []
    assert profile.items()[1]['state'] == 'unknown' and len(profile.host.messages()) == 1


def run_tells_what_a_dead_program_left(lab):
    profile = Profile(lab, '--fault', 'final,delay,delay=600000')
    process = lab.start('send', '--account', 'main', '--to', 'you@example.org', '--profile', profile.folder)
    while not profile.host.messages():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    profile.host.ask('fault none')
    items = profile.run('outbox', 'run', '--json').expect(75).json()['items']
    assert [(item['id'], item['state']) for item in items] == [(1, 'unknown')]
    assert profile.run('outbox', 'run', '--json').expect(0).json()['items'] == []
    assert len(profile.host.messages()) == 1


def account_sends_as_itself_only(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org', '--from', 'evil@example.org').expect(64, 'evil@example.org')
    profile.send('--to', 'you@example.org', '--from', 'Other Name <me@example.org>').expect(0)
    profile.send('--to', 'you@example.org', account='nosuch').expect(78, 'nosuch')


def raw_message_goes_through_the_outbox(lab):
    profile = Profile(lab)
    raw = (b'From: me@example.org\r\nTo: you@example.org\r\nMessage-ID: <1@example.org>\r\n'
           b'Date: Tue, 24 Nov 2026 06:00:00 +0000\r\n\r\n.\r\n')
    result = profile.run('send', '--account', 'main', '--raw', lab.write('raw', raw), '--json').expect(0).json()
    assert result['message_id'] == '<1@example.org>' and profile.host.messages() == [raw]


def send_to_a_server_is_recorded_where_a_profile_is_named(lab):
    profile = Profile(lab)
    common = ('--server', profile.host.implicit, '--ca', profile.host.ca, '--password-file', lab.password, '--from',
              'me@example.org', '--to', 'you@example.org', '--json')
    result = lab.run('--profile', profile.folder, 'send', *common).expect(0).json()
    assert result['state'] == 'sent' and profile.items() == {}
    life = profile.run('log', 'list', '--message-id', result['message_id'], '--json').expect(0).json()['entries']
    assert [entry['event']['class_uid'] for entry in life] == [4009, 3002, 4001, 4009]
    refused = lab.run('send', *common, '--profile', profile.folder, '--pin', 'sha256:' + '0' * 64).expect(77).json()
    life = profile.run('log', 'list', '--message-id', refused['message_id'], '--json').expect(0).json()['entries']
    assert [entry['event']['class_uid'] for entry in life] == [4009, 2004, 4001, 4009]
    profile.run('log', 'verify').expect(0)
    lab.run('send', *common, '--profile', lab.folder / 'none').expect(78)
    assert len(profile.host.messages()) == 1


def programs_at_once_send_each_message_once(lab):
    profile = Profile(lab)
    for number in range(6):
        profile.send('--to', f'queued{number}@example.org', '--no-wait').expect(0)
    runs = [lab.start('outbox', 'run', '--json', '--profile', profile.folder) for _ in range(3)]
    sends = [lab.start('send', '--account', 'main', '--to', f'sent{number}@example.org', '--json', '--profile',
                       profile.folder) for number in range(4)]
    for process in runs:
        process.communicate(timeout=clilab.WAIT_SECONDS)
        assert process.returncode == 0
    for process in sends:
        out, err = process.communicate(timeout=clilab.WAIT_SECONDS)
        assert process.returncode == 0 and json.loads(out)['state'] == 'sent', (out, err)
    assert len(profile.host.messages()) == 10
    assert {item['state'] for item in profile.items().values()} == {'sent'}
    profile.run('log', 'verify').expect(0)


def limit_for_files_is_a_full_disk(lab):
    profile = Profile(lab)
    large = lab.write('large', os.urandom(600_000))
    limit = len((profile.folder / 'waxseal.db').read_bytes()) + 200_000
    done = subprocess.run([lab.program, 'send', '--account', 'main', '--to', 'you@example.org', '--attach', large,
                           '--profile', str(profile.folder)], env=lab.env, capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == 74 and 'full' in done.stderr, (done.returncode, done.stderr)
    assert profile.items() == {} and profile.host.messages() == []
    profile.send('--to', 'you@example.org', '--attach', large).expect(0)
    profile.run('log', 'verify').expect(0)


def closed_standard_streams_are_nobody_elses(lab):
    profile = Profile(lab, '--fault', 'mail,delay,delay=600000')
    process = subprocess.Popen(['sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-', lab.program, 'send', '--account', 'main',
                                '--to', 'you@example.org', '--profile', str(profile.folder)], env=lab.env)
    lab.stack.callback(lambda: process.poll() is None and process.kill())
    while not profile.host.envelope():
        assert process.poll() is None
        time.sleep(0.01)
    streams = [os.readlink(f'/proc/{process.pid}/fd/{number}') for number in range(3)]
    process.kill()
    process.wait()
    assert streams == ['/dev/null'] * 3, streams


def output_that_is_not_written_is_no_success(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org', '--no-wait').expect(0)
    for verb, code in ((['outbox', 'show', '1', '--message'], 74), (['outbox', 'list', '--json'], 74),
                       (['log', 'list'], 74), (['outbox', 'run', '--json'], 0)):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([lab.program, *verb, '--profile', str(profile.folder)], env=lab.env, stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == code and 'could not be written' in done.stderr, (verb, done.returncode, done.stderr)
    assert len(profile.host.messages()) == 1


# ---- log ----

def log_verifies_and_its_key_is_told(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org').expect(0)
    verified = profile.run('log', 'verify', '--json').expect(0).json()
    assert verified['verdict'] == 'intact' and verified['entries'] > 5 and verified['first_bad'] == -1
    assert profile.run('log', 'key').expect(0).out.count('+') >= 2
    text = profile.run('log', 'list').expect(0).out
    assert 'you@example.org' in text


def changed_page_is_tampered(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org').expect(0)
    database = profile.folder / 'waxseal.db'
    octets = bytearray(database.read_bytes())
    # One octet of every page but the first two: the log's are among them.
    for page in range(2, len(octets) // 4096):
        octets[page * 4096 + 1000] ^= 1
    database.write_bytes(octets)
    done = profile.run('log', 'verify', '--json').expect(3)
    assert done.json()['verdict'] == 'tampered'


def one_flipped_octet_is_tampered_wherever_it_is(lab):
    profile = Profile(lab)
    profile.send('--to', 'you@example.org').expect(0)
    owner, folder = profile_id(profile), lab.folder / 'flipped'
    anchor = ('purpose', 'log-anchor', 'owner', owner)
    line = subprocess.run(['secret-tool', 'lookup', *anchor], capture_output=True, text=True, check=True).stdout
    pages = len((profile.folder / 'waxseal.db').read_bytes()) // 4096
    # The salt, the first page, its end, and something in each other page.
    for offset in [0, 20, 2000, 4095] + [page * 4096 + 77 for page in range(1, pages)]:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(profile.folder, folder)
        with open(folder / 'waxseal.db', 'r+b') as file:
            file.seek(offset)
            octet = file.read(1)[0]
            file.seek(offset)
            file.write(bytes([octet ^ 4]))
        done = lab.run('log', 'verify', '--json', '--profile', folder)
        assert done.code == 3 and done.json()['verdict'] == 'tampered', (offset, done.code, done.out, done.err)
        assert 'ERROR CORE' not in done.err, done.err
        # The run may have added to its copy; the next copy must not look rolled back for that.
        subprocess.run(['secret-tool', 'store', '--label', 'anchor', 'xdg:schema', 'io.github.waxseal.Secret', *anchor],
                       input=line, text=True, check=True)


def lost_database_is_not_a_new_profile(lab):
    profile = Profile(lab)
    for path in profile.folder.glob('waxseal.db*'):
        path.unlink()
    assert profile.run('log', 'verify', '--json').expect(4, 'rolled back').json()['verdict'] == 'truncated'
    profile.send('--to', 'you@example.org').expect(78, 'rolled back')
    profile.add('again', 'again@example.org').expect(78, 'rolled back')


def looking_at_the_log_is_recorded_as_what_it_was(lab):
    profile = Profile(lab)
    for verb in (['list'], ['search', 'needle'], ['verify']):
        profile.run('log', *verb).expect(0)
    entries = profile.run('log', 'list', '--json').expect(0).json()['entries']
    seen = [(entry['event']['activity_id'], entry['title']) for entry in entries
            if entry['event']['class_uid'] == 6005]
    assert [activity for activity, _ in seen] == [8, 1, 4, 8], seen
    assert seen[2][1] == 'The record was searched: needle', seen


def older_copy_is_rolled_back(lab):
    profile = Profile(lab)
    copy = lab.folder / 'copy.db'
    shutil.copy(profile.folder / 'waxseal.db', copy)
    profile.send('--to', 'you@example.org').expect(0)
    shutil.copy(copy, profile.folder / 'waxseal.db')
    assert profile.run('log', 'verify', '--json').expect(4).json()['verdict'] == 'truncated'
    # And it is not only verify that says so.
    assert profile.run('account', 'list').err.startswith('waxseal: ')


def profile_id(profile):
    return (profile.folder / 'profile-id').read_text().strip()


def forget(purpose, owner):
    subprocess.run(['secret-tool', 'clear', 'purpose', purpose, 'owner', owner], check=True)


def missing_anchor_is_5(lab):
    profile = Profile(lab)
    forget('log-anchor', profile_id(profile))
    assert profile.run('log', 'verify', '--json').expect(5).json()['verdict'] == 'missing'


def missing_database_key_is_an_alarm(lab):
    profile = Profile(lab)
    before = (profile.folder / 'waxseal.db').read_bytes()
    forget('database-key', profile_id(profile))
    for verb in (['account', 'list'], ['log', 'verify'], ['send', '--account', 'main', '--to', 'a@example.org']):
        profile.run(*verb).expect(78, 'key')
    profile.add('other', 'other@example.org').expect(78, 'key')
    assert (profile.folder / 'waxseal.db').read_bytes() == before


def absent_keyring_is_said(lab):
    env = dict(lab.env, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus')
    folder = lab.folder / 'profile'
    arguments = ('account', 'add', '--profile', folder, '--server', 'smtps://practice@localhost:1', '--password-file',
                 lab.password, '--address', 'me@example.org', '--json')
    done = lab.run(*arguments, env=env).expect(78, 'keyring')
    assert 'error' in done.json() and not (folder / 'waxseal.db').exists()
    host = lab.host()
    lab.send(host, '--to', 'you@example.org', env=env).expect(0)


def foreign_file_is_not_a_database(lab):
    profile = Profile(lab)
    (profile.folder / 'waxseal.db').write_bytes(os.urandom(8192))
    profile.run('account', 'list').expect(78)


# ---- demo ----

def check_summary(summary, vault):
    assert summary['ok'] is True and summary['vault'] == vault
    assert [step['name'] for step in summary['steps']] == [
        'folder', 'vault', 'host', 'profile', 'account', 'outbox', 'sent', 'received', 'wrong_certificate', 'log',
        'flipped_in_file', 'flipped_in_entry']
    assert summary['result']['connection']['auth']['mechanism'] == 'SCRAM-SHA-256-PLUS'
    assert summary['message']['identical'] is True and Path(summary['message']['path']).stat().st_size == summary['message']['size']
    assert summary['verification']['verdict'] == 'intact'
    assert summary['wrong_certificate']['item']['state'] == 'blocked'
    assert summary['wrong_certificate']['result']['error']['code'] == 'hostname'
    assert summary['flipped_in_file']['verdict'] == summary['flipped_in_entry']['verdict'] == 'tampered'


def demo_does_the_whole_job(lab):
    folder = lab.folder / 'demo'
    done = lab.run('demo', '--keep', folder).expect(0)
    for words in ('in the system keyring', 'TLS 1.3', 'SCRAM-SHA-256-PLUS', 'Certificate chain', 'Subject: Quarterly',
                  'mail.example.net', 'intact', 'Where everything is'):
        assert words in done.out, words
    check_summary(json.loads((folder / 'demo.json').read_text()), 'keyring')
    items = lab.run('outbox', 'list', '--json', '--profile', folder / 'profile').expect(0).json()['items']
    assert [item['state'] for item in items] == ['blocked', 'sent']
    lab.run('log', 'verify', '--profile', folder / 'profile').expect(0)
    lab.run('demo', '--keep', folder).expect(64, str(folder))


def demo_without_a_keyring_says_so(lab):
    env = dict(lab.env, DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent/bus')
    folder = lab.folder / 'demo'
    done = lab.run('demo', '--keep', folder, env=env).expect(0)
    assert 'no keyring answers' in done.out
    check_summary(json.loads((folder / 'demo.json').read_text()), 'memory')


def demo_leaves_nothing_unless_asked(lab):
    temporary = lab.folder / 'tmp'
    temporary.mkdir()
    lab.run('demo', env=dict(lab.env, TMPDIR=str(temporary))).expect(0)
    assert list(temporary.iterdir()) == []
    found = subprocess.run(['secret-tool', 'search', '--all', 'purpose', 'database-key'], capture_output=True, text=True,
                           check=False)
    assert 'waxseal-demo-' not in found.stdout + found.stderr


if __name__ == '__main__':
    sys.exit(clilab.main([
        nothing_is_made_by_looking, accounts_are_added_listed_tested_and_removed,
        database_and_command_line_hold_no_password, send_goes_through_outbox_and_log, message_waits_until_it_is_run,
        cancelled_message_does_not_go, refused_recipient_keeps_the_message, wrong_password_blocks_and_retry_sends,
        mechanism_without_a_password_needs_none, temporary_refusal_is_deferred, lost_reply_is_unknown_and_never_repeated,
        run_tells_what_a_dead_program_left, account_sends_as_itself_only,
        raw_message_goes_through_the_outbox, send_to_a_server_is_recorded_where_a_profile_is_named,
        programs_at_once_send_each_message_once, limit_for_files_is_a_full_disk,
        closed_standard_streams_are_nobody_elses, output_that_is_not_written_is_no_success,
        log_verifies_and_its_key_is_told, changed_page_is_tampered, one_flipped_octet_is_tampered_wherever_it_is,
        lost_database_is_not_a_new_profile, looking_at_the_log_is_recorded_as_what_it_was,
        older_copy_is_rolled_back, missing_anchor_is_5, missing_database_key_is_an_alarm, absent_keyring_is_said,
        foreign_file_is_not_a_database, demo_does_the_whole_job, demo_without_a_keyring_says_so,
        demo_leaves_nothing_unless_asked,
    ]))
