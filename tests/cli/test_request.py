#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_request.py WAXSEAL HOST: what is asked of the server for one message, straight
to a server and through the outbox, and what happens where it is not offered."""

import sys
import time

import clilab
from test_profile import Profile

TO = ('--to', 'you@example.org')
ALL = ('PIPELINING', 'SIZE 1000000', '8BITMIME', 'CHUNKING', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES', 'REQUIRETLS',
       'FUTURERELEASE 999999999 2990-01-01T00:00:00Z', 'DELIVERBY 100', 'MT-PRIORITY')
# Each way of asking: the arguments, the extension, the code of the error where it is not
# offered, the state then, what MAIL or RCPT says, and how `outbox show` tells it.
ASKED = (
    (('--dsn', 'success,delay', '--envid', 'my id'), 'DSN', 'needs-dsn', 'failed',
     ('ENVID=my+20id', 'NOTIFY=SUCCESS,DELAY ORCPT=rfc822;you@example.org'),
     {'notify': ['success', 'delay'], 'envid': 'my id'}),
    (('--dsn', 'never'), 'DSN', 'needs-dsn', 'failed', ('NOTIFY=NEVER',), {'notify': ['never']}),
    (('--dsn-return', 'full'), 'DSN', 'needs-dsn', 'failed', ('RET=FULL',), {'return': 'full'}),
    (('--require-tls',), 'REQUIRETLS', 'needs-requiretls', 'blocked', ('REQUIRETLS',), {'require_tls': True}),
    (('--hold-until', '2100-01-01T08:00Z'), 'FUTURERELEASE', 'needs-hold', 'failed',
     ('HOLDUNTIL=2100-01-01T08:00:00Z',), {'hold_until': 4102473600}),
    (('--deliver-by', '600:return'), 'DELIVERBY', 'needs-deliverby', 'failed', ('BY=600;R',),
     {'deliver_by': {'seconds': 600, 'mode': 'return'}}),
    (('--deliver-by', '600'), 'DELIVERBY', 'needs-deliverby', 'failed', ('BY=600;N',),
     {'deliver_by': {'seconds': 600, 'mode': 'notify'}}),
    (('--priority', '-4'), 'MT-PRIORITY', 'needs-priority', 'failed', ('MT-PRIORITY=-4',), {'priority': -4}),
)


def offering(lines):
    return [word for line in lines for word in ('--extension', line)]


def what_is_asked_is_said_to_the_server(lab):
    host = lab.host(*offering(ALL))
    for arguments, *_, words, _ in ASKED:
        lab.send(host, *TO, *arguments).expect(0)
        said = ' '.join(line.strip() for line in host.envelope()[-2:])
        for word in words:
            assert word in said, (word, said)
    lab.send(host, *TO).expect(0)
    plain = ' '.join(host.envelope()[-2:])
    for word in ('NOTIFY', 'RET=', 'ENVID', 'REQUIRETLS', 'HOLD', 'BY=', 'MT-PRIORITY', 'BODY=', 'AUTH='):
        assert word not in plain, plain
    assert len(host.messages()) == len(ASKED) + 1


def envid_is_the_message_id_by_default(lab):
    host = lab.host(*offering(ALL))
    result = lab.send(host, *TO, '--dsn', 'failure', '--json').expect(0).json()
    assert 'ENVID=' + result['message_id'].strip('<>') in host.envelope()[0], host.envelope()


def what_is_not_offered_is_an_error_before_anything_is_sent(lab):
    for arguments, extension, code, state, *_ in ASKED:
        host = lab.host(*offering(line for line in ALL if not line.startswith(extension)))
        done = lab.send(host, *TO, *arguments, '--json').expect(65, extension)
        result = done.json()
        assert result['state'] == state and result['error']['code'] == code, (arguments, result)
        assert result['error']['step'] == 'envelope' and result['error']['hint']
        assert host.envelope() == [] and host.messages() == []


def limits_of_the_server_are_told(lab):
    host = lab.host(*offering(('FUTURERELEASE 60 2030-01-01T00:00:00Z', 'DELIVERBY 1000')))
    lab.send(host, *TO, '--hold-until', '2100-01-01T08:00Z').expect(65, '60 seconds, or until 2030-01-01')
    lab.send(host, *TO, '--deliver-by', '600:return').expect(65, 'no less than 1000 seconds')
    soon = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 86400))
    lab.send(lab.host(*offering(('FUTURERELEASE 90000 2020-01-01T00:00:00Z',))), *TO, '--hold-until', soon).expect(0)


def bad_values_are_64_and_name_the_option(lab):
    host = lab.host()
    for option, *values in (('--dsn', 'sometimes', 'never,success', '', 'success,,delay'), ('--dsn-return', 'half', ''),
                            ('--envid', '', 'é', 'a' * 101, 'a\nb'), ('--priority', '10', '-10', 'high', ''),
                            ('--hold-until', 'tomorrow', '2001-01-01T00:00Z', '2100-01-01', '2100-13-01T00:00Z', ''),
                            ('--deliver-by', '0', '-5', '60:later', '60:', '9999999999', '')):
        for value in values:
            lab.send(host, *TO, option, value).expect(64, option)
            lab.run('send', '--account', 'x', *TO, option, value).expect(64, option)
    assert host.ask('commands') == []


def outbox_keeps_what_is_asked(lab):
    profile = Profile(lab, *offering(ALL))
    for arguments, *_, words, shown in ASKED:
        item = profile.send(*TO, *arguments, '--no-wait').expect(0).json()['id']
        told = profile.run('outbox', 'show', str(item), '--json').expect(0).json()
        options = (told.get('item') or told)['options']
        assert shown.items() <= options.items(), (shown, options)
        profile.run('outbox', 'run').expect(0)
        said = ' '.join(line.strip() for line in profile.host.envelope()[-2:])
        for word in words:
            assert word in said, (word, said)
    raw = lab.write('raw', 'From: me@example.org\nTo: you@example.org\nSubject: x\n\nHi\n')
    profile.run('send', '--account', 'main', '--raw', raw, '--require-tls', '--json').expect(0)
    assert 'REQUIRETLS' in profile.host.envelope()[-2]


def outbox_stops_where_it_is_not_offered(lab):
    profile = Profile(lab, *offering(('PIPELINING', 'CHUNKING')))
    for arguments, _, code, state, *_ in ASKED:
        result = profile.send(*TO, *arguments).expect(65).json()
        assert result['state'] == state and result['error']['code'] == code, result
    assert profile.host.envelope() == []


def help_tells_of_all(lab):
    text = lab.run('send', '--help').expect(0).out
    for option in ('--dsn', '--dsn-return', '--envid', '--require-tls', '--hold-until', '--deliver-by', '--priority',
                   '--send-to-rest'):
        assert option + ' ' in text or option + '=' in text, option


if __name__ == '__main__':
    sys.exit(clilab.main([
        what_is_asked_is_said_to_the_server, envid_is_the_message_id_by_default,
        what_is_not_offered_is_an_error_before_anything_is_sent, limits_of_the_server_are_told,
        bad_values_are_64_and_name_the_option, outbox_keeps_what_is_asked, outbox_stops_where_it_is_not_offered,
        help_tells_of_all,
    ]))
