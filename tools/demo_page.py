# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that a demo leaves behind: one file, no scripts, light and dark."""

import email
import email.policy
from datetime import datetime, timezone
from html import escape
from pathlib import Path

STYLE = """
:root { color-scheme: light dark; --bg: #fafafb; --card: #fff; --fg: #1e1e22; --dim: #66666e; --line: #e2e2e7;
  --good: #187a41; --good-bg: #e4f5ea; --bad: #b3261e; --bad-bg: #fdebe9; --accent: #1c5fb8; --code: #f3f3f6;
  --shadow: 0 1px 2px #0001, 0 4px 16px #0000000a; }
@media (prefers-color-scheme: dark) { :root { --bg: #1d1d20; --card: #28282c; --fg: #f2f2f5; --dim: #a4a4ae;
  --line: #3b3b41; --good: #7dd79c; --good-bg: #1e3a29; --bad: #ff9d94; --bad-bg: #442422; --accent: #8ab8f5;
  --code: #1f1f23; --shadow: none; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 16px/1.55 "Adwaita Sans", Inter, Cantarell,
  system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3rem 1.25rem 5rem; }
header { margin-bottom: 2.5rem; }
h1 { font-size: 2.1rem; line-height: 1.2; letter-spacing: -.02em; margin: .75rem 0 .5rem; }
h2 { font-size: 1.3rem; letter-spacing: -.01em; margin: 3rem 0 .4rem; }
h2 + p { margin: 0 0 1rem; color: var(--dim); max-width: 44rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; }
a { color: var(--accent); }
code, pre, .mono { font-family: "Adwaita Mono", "Noto Sans Mono", ui-monospace, monospace; font-size: .84em; }
.mono { overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; color: var(--dim); max-width: 42rem; margin: 0; }
.seal { width: 3.25rem; height: 3.25rem; color: var(--good); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.1rem 1.3rem;
  box-shadow: var(--shadow); margin: .9rem 0; }
.route { display: flex; flex-wrap: wrap; gap: .4rem .9rem; align-items: center; font-weight: 600;
  background: var(--good-bg); color: var(--good); border-radius: 14px; padding: .8rem 1.2rem; margin-top: 1.5rem; }
.route span + span::before { content: "·"; margin-right: .9rem; opacity: .6; }
ol.steps { list-style: none; padding-block: .4rem; }
ol.steps li { display: grid; grid-template-columns: 1.9rem 6.5rem 1fr; gap: .2rem .4rem; padding: .45rem 0;
  border-top: 1px solid var(--line); }
ol.steps li:first-child { border-top: 0; }
ol.steps b { font-weight: 600; }
.tick { color: var(--good); font-weight: 700; } .cross { color: var(--bad); font-weight: 700; }
.dash { color: var(--dim); }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .35rem 1.2rem; margin: 0; }
dt { color: var(--dim); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.checks { display: grid; grid-template-columns: 1.6rem 6.5rem 1fr; gap: .5rem .4rem; }
.checks > * { min-width: 0; overflow-wrap: anywhere; }
.chain { position: relative; }
.chain + .chain::before { content: ""; position: absolute; left: 2rem; top: -.95rem; height: .95rem;
  border-left: 2px solid var(--line); }
.bar { position: relative; height: 6px; border-radius: 3px; background: var(--line); margin: .45rem 0 .15rem; }
.bar i { position: absolute; left: 0; top: 0; bottom: 0; border-radius: 3px; background: var(--good); }
.bar b { position: absolute; top: -3px; width: 2px; height: 12px; background: var(--fg); }
.small { font-size: .86rem; color: var(--dim); }
.times { display: flex; height: 1.9rem; border-radius: 8px; overflow: hidden; margin: .2rem 0 .6rem; gap: 2px; }
.times i { display: block; min-width: 3px; background: var(--accent); opacity: .9; }
.times i:nth-child(2) { opacity: .72; } .times i:nth-child(3) { opacity: .56; }
.times i:nth-child(4) { opacity: .42; } .times i:nth-child(5) { opacity: .3; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; margin: .8rem 0 0;
  overflow: auto; max-height: 34rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.paper { border-left: 3px solid var(--line); padding-left: 1.1rem; white-space: pre-wrap; margin: 1rem 0 .4rem; }
.chip { display: inline-block; border: 1px solid var(--line); border-radius: 99px; padding: .2rem .8rem; margin-top: .5rem;
  font-size: .9rem; }
.verdict { border-left: 5px solid var(--good); } .verdict.bad { border-left-color: var(--bad); }
.verdict .word { font-weight: 700; color: var(--good); } .verdict.bad .word { color: var(--bad); }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin-top: .8rem; }
.facts div { border-radius: 10px; padding: .55rem .8rem; background: var(--code); }
.facts div:last-child { background: var(--bad-bg); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); gap: 1.2rem;
  align-items: start; }
figure { margin: 0; } figure img { max-width: 100%; border: 1px solid var(--line); border-radius: 12px; display: block;
  box-shadow: var(--shadow); }
figcaption { color: var(--dim); font-size: .9rem; margin-top: .4rem; }
summary { cursor: pointer; color: var(--accent); margin-top: .8rem; }
footer { margin-top: 3.5rem; border-top: 1px solid var(--line); padding-top: 1.2rem; color: var(--dim); }
@media (max-width: 36rem) { dl, .facts { grid-template-columns: 1fr; } dt { margin-top: .4rem; }
  ol.steps li, .checks { grid-template-columns: 1.6rem 1fr; } ol.steps li > :last-child, .checks > :nth-child(3n)
  { grid-column: 2; } main { padding-top: 2rem; } }
"""

SEAL = ('<svg class="seal" viewBox="0 0 48 48" aria-hidden="true"><path fill="currentColor" d="M24 2 40 8v14c0 11-7 '
        '19-16 24C15 41 8 33 8 22V8z"/><path fill="none" stroke="var(--bg)" stroke-width="4.5" stroke-linecap="round" '
        'stroke-linejoin="round" d="m15.5 24 6 6 11-12"/></svg>')

MARKS = {'pass': '<span class="tick" title="pass">✓</span>', 'fail': '<span class="cross" title="fail">✗</span>',
         'skipped': '<span class="dash" title="skipped">–</span>'}

MODES = {'implicit': 'TLS from the first octet', 'starttls': 'STARTTLS, required', 'plaintext': 'without TLS'}


def text(value):
    return escape(str(value)) if value is not None else ''


def rows(pairs):
    return '<dl>' + ''.join(f'<dt>{text(name)}</dt><dd>{value}</dd>' for name, value in pairs if value) + '</dl>'


def mono(value):
    return f'<span class="mono">{text(value)}</span>' if value else ''


def steps(summary):
    items = ''.join(f'<li><span class="tick">✓</span><b>{text(step["title"])}</b><span>{text(step["detail"])}</span></li>'
                    for step in summary['steps'])
    return f'<ol class="steps card">{items}</ol>'


def checks(connection):
    cells = ''.join(f'{MARKS.get(check["result"], "")}<b>{text(check["name"])}</b><span>{text(check["detail"])}</span>'
                    for check in connection['tls']['checks'])
    return f'<div class="card checks">{cells}</div>'


def moment(value):
    return datetime.fromisoformat(value.replace('Z', '+00:00'))


def validity(certificate):
    start, end = moment(certificate['not_before']), moment(certificate['not_after'])
    part = (datetime.now(timezone.utc) - start) / (end - start) if end > start else 1
    percent = max(0, min(100, part * 100))
    return (f'<div class="bar" role="img" aria-label="{percent:.0f} % of the validity has passed"><i style="width:'
            f'{percent:.1f}%"></i><b style="left:{percent:.1f}%"></b></div><span class="small">'
            f'{start:%-d %B %Y} to {end:%-d %B %Y}</span>')


def chain(connection):
    cards = []
    for certificate in connection['tls']['chain']:
        facts = rows([('Names', text(', '.join(certificate.get('names') or []))), ('Issuer', text(certificate['issuer'])),
                      ('Valid', validity(certificate)),
                      ('Key', text(f'{certificate["key"]}, signed with {certificate["signature"]}')),
                      ('SHA-256', mono(certificate['sha256'])), ('Public key', mono('sha256:' + certificate['spki_sha256']))])
        cards.append(f'<div class="card chain"><h3>{text(certificate["subject"])}</h3>{facts}</div>')
    return ''.join(cards)


def timing(times):
    names = [('connect', 'connect'), ('tls', 'TLS'), ('auth', 'sign-in'), ('envelope', 'envelope'), ('body', 'message')]
    parts = [(words, times[name]) for name, words in names if isinstance(times.get(name), int)]
    whole = sum(ms for _, ms in parts) or 1
    bars = ''.join(f'<i style="flex:{max(ms / whole, .004):.4f}" title="{words}: {ms} ms"></i>' for words, ms in parts)
    legend = ''.join(f'<span>{text(words)} <b>{ms} ms</b></span>' for words, ms in parts)
    return (f'<div class="card"><div class="times">{bars}</div><div class="legend small">{legend}'
            f'<span>in all <b>{text(times.get("total"))} ms</b></span></div></div>')


def connection_facts(connection):
    tls, auth = connection['tls'], connection['auth']
    sign_in = text(auth['mechanism']) + (f', bound to this connection by {text(auth["channel_binding"])}'
                                         if auth.get('channel_binding') else '')
    server = f'{connection["host"]} port {connection["port"]} ({connection["address"]}), {MODES.get(connection["mode"], "")}'
    return '<div class="card">' + rows([
        ('Server', text(server)), ('Protection', text(f'{tls["version"]} with {tls["cipher"]}')),
        ('Verified', text('every check passed, or was skipped with its reason') if tls['verified'] else 'no'),
        ('Sign-in', sign_in), ('Why', text(auth.get('reason'))),
        ('Offers', text(', '.join(connection.get('extensions') or [])))]) + '</div>'


def unflow(body):
    """text/plain; format=flowed (RFC 3676) as paragraphs: a line that ends with a blank goes on."""
    joined = ''
    for line in body.replace('\r\n', '\n').split('\n'):
        joined += line if line.endswith(' ') and line != '-- ' else line + '\n'
    return joined.strip()


def received(summary):
    facts = summary['message']
    octets = Path(facts['path']).read_bytes()
    message = email.message_from_bytes(octets, policy=email.policy.default)
    body = message.get_body(('plain',))
    header = rows([(name, text(message[name])) for name in ('From', 'To', 'Cc', 'Subject', 'Date', 'Message-ID')])
    chips = ''.join(f'<span class="chip">📎 {text(part.get_filename())}, {len(part.get_content()):,} '
                    f'{"characters" if isinstance(part.get_content(), str) else "octets"}</span> '
                    for part in message.iter_attachments())
    raw = octets.decode('utf-8', 'replace').replace('\r\n', '\n')
    return (f'<div class="card">{header}<div class="paper">{text(unflow(body.get_content()) if body else "")}</div>{chips}'
            f'<details><summary>As it stands in the mailbox, octet for octet</summary><pre>{text(raw)}</pre></details></div>'
            f'<p class="small">{facts["size"]:,} octets, compared with what left the outbox: identical. SHA-256 '
            f'{mono(facts["sha256"])}</p>')


def verdict(verification, bad=False):
    more = rows([('Entries', text(verification['entries'])), ('Signed checkpoints', text(verification['checkpoints'])),
                 ('Tree root', mono(verification.get('root')))]) if not bad else ''
    return (f'<div class="card verdict{" bad" if bad else ""}"><h3><span class="word">{text(verification["verdict"]).capitalize()}'
            f'</span></h3><p>{text(verification["sentence"])}</p>{more}</div>')


def wrong_certificate(refusal):
    error, item = refusal['result']['error'], refusal['item']
    failed = next((check for check in refusal['result']['connection']['tls']['checks'] if check['result'] == 'fail'), None)
    sides = ''
    if failed and failed.get('expected'):
        sides = (f'<div class="facts"><div><span class="small">Expected</span><br>{text(failed["expected"])}</div>'
                 f'<div><span class="small">Found</span><br>{text(failed["found"])}</div></div>')
    return (f'<div class="card verdict bad"><h3><span class="word">Refused:</span> a certificate for another name</h3>'
            f'<p>{text(error["message"])}</p>{sides}<p class="small">The same message, the same password, another server. '
            f'Not one command reached it. The message waits in the outbox as “{text(item["state"])}”. '
            f'{text(error.get("hint"))}</p></div>')


def caption(path):
    return path.stem.lstrip('0123456789-_ ').replace('-', ' ').replace('_', ' ').capitalize()


def gallery(pictures):
    if not pictures:
        return '<p>The window was opened on the display; there is no Xvfb here to take pictures with.</p>'
    return '<div class="pictures">' + ''.join(
        f'<figure><a href="{text(path)}"><img src="{text(path)}" alt="{text(caption(path))}" loading="lazy"></a>'
        f'<figcaption>{text(caption(path))}</figcaption></figure>' for path in pictures) + '</div>'


def route(connection):
    parts = [connection['host'], connection['tls']['version'].replace('TLS', 'TLS '), connection['tls']['cipher'],
             'certificate verified', connection['auth']['mechanism']]
    return '<div class="route">' + ''.join(f'<span>{text(part)}</span>' for part in parts) + '</div>'


def render(summary, pictures, next_command):
    """The page of a demo that happened; summary is demo.json, pictures are relative paths."""
    connection = summary['result']['connection']
    vault = 'the system keyring' if summary['vault'] == 'keyring' else 'memory'
    sections = [
        ('What happened', f'Each step for real, on this machine. The secrets are in {vault}.', steps(summary)),
        ('The connection', 'Known and checked before the first octet of the message left.',
         connection_facts(connection) + checks(connection) + timing(summary['result']['timing_ms'])),
        ('The certificate chain', 'From the server to the authority that this account trusts.', chain(connection)),
        ('The message as received', 'Read back from the mailbox on disk.', received(summary)),
        ('The record', 'Every send, sign-in and refusal is in an encrypted log, in a tree of hashes whose root is signed.',
         verdict(summary['verification'])),
        ('What is refused, and what shows', 'It never quietly does less, and a change of the record shows.',
         wrong_certificate(summary['wrong_certificate'])
         + '<p class="small">One octet flipped in a copy of the database file:</p>' + verdict(summary['flipped_in_file'], True)
         + '<p class="small">One letter of an entry changed by somebody who has the key:</p>'
         + verdict(summary['flipped_in_entry'], True)),
        ('The window', 'On the same profile, with the practice server still running.', gallery(pictures)),
    ]
    body = ''.join(f'<section><h2>{text(title)}</h2><p>{text(lead)}</p>{content}</section>'
                   for title, lead, content in sections)
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
            f'initial-scale=1">\n<title>Waxseal: from a bare machine to a delivered message</title>\n<style>{STYLE}</style>\n'
            f'</head>\n<body>\n<main>\n<header>{SEAL}<h1>From a bare machine to a delivered message</h1><p class="lead">Waxseal '
            f'sent a message with an attachment the whole way: composed, kept encrypted, handed over a verified connection, '
            f'received, and recorded.</p>{route(connection)}</header>\n{body}\n<footer><p>Next, a server of yours; nothing is '
            f'sent:</p><pre>{text(next_command)}</pre></footer>\n</main>\n</body>\n</html>\n')
