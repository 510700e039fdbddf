#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads every #include of ours and fails on an arrow that points up.

A room sees the rooms on lower lines of the drawing in src/DESIGN.md, and no
others: not those above it, and not those beside it. An own include is a bare
file name that exists once in the tree. GTK is for src/ui.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]

# From the top of the house to its base, as src/DESIGN.md draws it.
LEVELS = [
    ['ui', 'cli'],
    ['practice'],
    ['engine'],
    ['outbox'],
    ['transport'],
    ['accounts'],
    ['tls', 'auth', 'message', 'activity'],
    ['store', 'dns', 'web', 'policy', 'vault'],
    ['base'],
]
LEVEL = {room: number for number, line in enumerate(LEVELS) for room in line}

OWN = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"', re.MULTILINE)
ANY = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]*)[>"]', re.MULTILINE)
TOOLKIT = re.compile(r'^(gtk|gdk|gsk|adwaita|gtksource|spelling|libspelling)\b')


def room_of(path):
    """The room of a file under src, or None for tests and benches, which may see all."""
    parts = path.parts
    if parts[0] != 'src':
        return None
    if parts[1] == 'engine':
        return parts[2] if len(parts) > 3 else 'engine'
    return parts[1]


def sources():
    for folder in ('src', 'tests', 'bench'):
        for path in sorted((TOP / folder).rglob('*.[ch]')):
            yield path.relative_to(TOP), path.read_text(encoding='utf-8')


def may_include(room, other):
    return room is None or other is None or room == other or LEVEL[room] < LEVEL[other]


def faults_of(path, text, homes):
    """What is wrong with one file's includes; homes maps a header's name to its paths."""
    faults = []
    room = room_of(path)
    for name in OWN.findall(text):
        if '/' in name:
            faults.append(f'{path}: "{name}" has a folder in it')
        elif name not in homes:
            faults.append(f'{path}: there is no own header "{name}"')
        elif len(homes[name]) > 1:
            faults.append(f'{path}: "{name}" exists more than once')
        else:
            other = room_of(homes[name][0])
            if room is not None and other is None:
                faults.append(f'{path}: includes "{name}" of the tests')
            elif not may_include(room, other):
                faults.append(f'{path}: room {room} includes "{name}" of room {other}, which it may not see')
    if path.parts[0] == 'src' and room != 'ui':
        faults += [f'{path}: includes <{name}>' for name in ANY.findall(text) if TOOLKIT.match(name)]
    return faults


def homes_of(files):
    homes = {}
    for path, _ in files:
        if path.suffix == '.h':
            homes.setdefault(path.name, []).append(path)
    return homes


def drawing():
    """The levels that src/DESIGN.md draws in its first block of code."""
    block = (TOP / 'src/DESIGN.md').read_text(encoding='utf-8').split('```')[1]
    levels = []
    for line in block.splitlines():
        names = [name for name in re.sub(r'[^a-z ]', ' ', re.sub(r'\(.*?\)|job', '', line)).split()]
        if names:
            levels.append(names)
    return levels


def test_drawing_is_the_table(_files, _homes):
    return [] if drawing() == LEVELS else [f'src/DESIGN.md draws {drawing()}']


def test_every_room_has_a_level(files, _homes):
    rooms = {room_of(path) for path, _ in files} - {None}
    return [f'room {room} is not in the drawing' for room in sorted(rooms - set(LEVEL))]


def test_names_are_unique(files, _homes):
    seen = {}
    for path, _ in files:
        if path.parts[0] == 'src':
            seen.setdefault(path.name, []).append(str(path))
    return [' and '.join(paths) for paths in seen.values() if len(paths) > 1]


def test_no_arrow_points_up(files, homes):
    return [fault for path, text in files for fault in faults_of(path, text, homes)]


def test_made_up_faults_are_caught(_files, homes):
    """The test of the test: each of these must be refused."""
    homes = dict(homes, **{'made-up-twice.h': [Path('src/ui/made-up-twice.h'), Path('src/cli/made-up-twice.h')]})
    made_up = {
        'up': ('src/engine/store/made-up.c', '#include "outbox.h"\n'),
        'beside': ('src/engine/activity/made-up.c', '#include "tls-guard.h"\n'),
        'up from the facade': ('src/engine/made-up.c', '#include "practice-host.h"\n'),
        'between the faces': ('src/ui/made-up.c', '  #  include "cli-verb.h"\n'),
        'a folder': ('src/cli/made-up.c', '#include "engine/engine.h"\n'),
        'nowhere': ('src/cli/made-up.c', '#include "no-such-header.h"\n'),
        'twice': ('src/cli/made-up.c', '#include "made-up-twice.h"\n'),
        'the toolkit': ('src/cli/made-up.c', '#include <gtk/gtk.h>\n'),
        'the toolkit, quoted': ('src/engine/base/made-up.h', '#include <adwaita.h>\n'),
    }
    passed = [f'not caught: {name}' for name, (path, text) in made_up.items() if not faults_of(Path(path), text, homes)]
    down = faults_of(Path('src/cli/made-up.c'), '#include "engine.h"\n#include "secret.h"\n', homes)
    return passed + [f'wrongly caught: {fault}' for fault in down]


def main():
    files = list(sources())
    homes = homes_of(files)
    tests = [(name, test) for name, test in globals().items() if name.startswith('test_')]
    failed = False
    print(f'1..{len(tests)}')
    for number, (name, test) in enumerate(tests, 1):
        faults = test(files, homes)
        failed |= bool(faults)
        for fault in faults:
            print('#', fault)
        print('not ok' if faults else 'ok', number, '-', name.removeprefix('test_').replace('_', ' '))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
