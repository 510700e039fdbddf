# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives a GTK 4 program on an X display of its own, for tests and pictures.

A Session is the place: an Xvfb, fonts by a private fontconfig file, and the
accessibility bus of the D-Bus session that the caller runs in (enter_session()
makes one with an unlocked keyring). It starts Programs. A Program's widgets are
Nodes, found by role and accessible name; every look waits for its condition up
to a deadline, never for a time.

The accessibility bus is spoken directly, not through libatspi: what is read is
then never an old copy, and a whole window takes some tens of milliseconds.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402  pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.environ.get("WAXSEAL_TOP") or os.path.dirname(os.path.dirname(HERE))
WAIT_SECONDS = float(os.environ.get("WAXSEAL_UI_WAIT", "90"))
CALL_MS = 30000

ACCESSIBLE = "org.a11y.atspi.Accessible"
ACTION = "org.a11y.atspi.Action"
COMPONENT = "org.a11y.atspi.Component"
EDITABLE = "org.a11y.atspi.EditableText"
TEXT = "org.a11y.atspi.Text"
VALUE = "org.a11y.atspi.Value"
PROPERTIES = "org.freedesktop.DBus.Properties"
ROOT = "/org/a11y/atspi/accessible/root"
REGISTRY = "org.a11y.atspi.Registry"
COORDINATES_WINDOW = 1
RELATION_LABELLED_BY = 2

# The numbers of AtspiRole that GTK uses, with the names that finding goes by.
ROLES = {
    2: "alert", 7: "check box", 8: "check menu item", 11: "combo box", 12: "calendar", 16: "dialog", 23: "frame",
    25: "grid", 27: "image", 29: "label", 31: "list", 32: "list item", 33: "menu", 34: "menu bar", 35: "menu item",
    37: "page tab", 38: "page tab list", 39: "panel", 40: "password text", 42: "progress bar", 43: "button",
    44: "radio button", 45: "radio menu item", 48: "scroll bar", 49: "scroll pane", 50: "separator", 51: "slider",
    52: "spin button", 54: "status bar", 55: "table", 56: "table cell", 57: "column header", 58: "row header",
    61: "text", 62: "toggle button", 63: "tool bar", 64: "tool tip", 65: "tree", 66: "tree table", 67: "unknown",
    69: "window", 73: "paragraph", 75: "application", 79: "entry", 83: "heading", 85: "section", 88: "link",
    90: "table row", 91: "tree item", 95: "comment", 98: "group", 99: "notification", 129: "toggle button",
    130: "switch", 101: "level bar", 116: "article", 117: "landmark", 128: "generic", 115: "block quote",
}
CONTAINERS = ("generic", "group", "panel", "notification", "separator")
STATES = {
    "active": 1, "checked": 4, "editable": 7, "enabled": 8, "expanded": 10, "focusable": 11, "focused": 12,
    "selected": 23, "sensitive": 24, "showing": 25, "pressed": 20, "visible": 30,
}

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <alias binding="same"><family>Adwaita Sans</family><prefer><family>Inter</family></prefer></alias>
  <alias binding="same"><family>Adwaita Mono</family><prefer><family>Noto Sans Mono</family>
    <family>Noto Mono</family></prefer></alias>
  <cachedir>%s</cachedir>
</fontconfig>
"""


class DriverError(AssertionError):
    """What was waited for did not come, or could not be done."""


def wait_for(condition, what, seconds=None):
    """Calls condition until it returns something true, and returns that."""
    deadline = time.monotonic() + (seconds or WAIT_SECONDS)
    pause = 0.02
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise DriverError(f"waited in vain for {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.4)


def run(*command, **options):
    """A helper program; its output, or its complaint as an error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)
    if done.returncode != 0:
        raise DriverError(f"{' '.join(command)}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def enter_session():
    """Starts the calling script again in a D-Bus session of its own with an
    unlocked keyring, in a temporary home. Returns in the inner one only."""
    if os.environ.get("WAXSEAL_UI_SESSION") != "inside":
        command = [os.path.join(TOP, "tests/testing/with-keyring"), sys.executable, *sys.argv]
        os.execve(command[0], command, {**os.environ, "WAXSEAL_UI_SESSION": "inside"})


class Session:
    """The display, and the accessibility bus."""

    def __init__(self, width=1280, height=900):
        self.folder = tempfile.mkdtemp(prefix="waxseal-ui-")
        self.programs = []
        self.display = None
        try:
            self.display = self._start_display(width, height)
            self.bus_address = self._open_accessibility_bus()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if value is not None:
            self._keep_last_picture()
        self.close()

    def _start_display(self, width, height):
        reader, writer = os.pipe()
        self.server_log = open(os.path.join(self.folder, "xvfb.log"), "w+", encoding="utf-8", errors="replace")
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-dpi", "96"],
            pass_fds=[writer], stdin=subprocess.DEVNULL, stdout=self.server_log, stderr=self.server_log)
        os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            self.server_log.seek(0)
            raise DriverError("Xvfb did not start: " + self.server_log.read())
        return ":" + number

    def _open_accessibility_bus(self):
        fonts = os.path.join(self.folder, "fonts.conf")
        with open(fonts, "w", encoding="utf-8") as file:
            file.write(FONTS % os.path.join(self.folder, "fonts"))
        # Without a settings daemon GTK would take its own default font.
        settings = os.path.join(self.folder, "config/gtk-4.0/settings.ini")
        os.makedirs(os.path.dirname(settings))
        with open(settings, "w", encoding="utf-8") as file:
            file.write("[Settings]\ngtk-font-name=Adwaita Sans 11\n")
        self.environment = {
            **os.environ, "DISPLAY": self.display, "FONTCONFIG_FILE": fonts,
            "XDG_CONFIG_DIRS": os.path.join(self.folder, "config") + ":" + os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg"), "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi", "GSETTINGS_BACKEND": "memory", "ADW_DISABLE_PORTAL": "1", "GDK_DEBUG": "no-portals",
            "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "0",
        }
        for name in ("WAYLAND_DISPLAY", "GTK_THEME", "DESKTOP_STARTUP_ID", "XDG_ACTIVATION_TOKEN", "G_DEBUG"):
            self.environment.pop(name, None)
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None,
                                    Gio.DBusCallFlags.NONE, CALL_MS, None).unpack()[0]
        enabled = GLib.Variant("(ssv)", ("org.a11y.Status", "IsEnabled", GLib.Variant("b", True)))
        session.call_sync("org.a11y.Bus", "/org/a11y/bus", PROPERTIES, "Set", enabled, None, Gio.DBusCallFlags.NONE,
                          CALL_MS, None)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self.environment["AT_SPI_BUS_ADDRESS"] = address
        return address

    def call(self, owner, path, interface, method, arguments=None):
        """One call on the accessibility bus: the unpacked answer."""
        return self.bus.call_sync(owner, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, CALL_MS,
                                  None).unpack()

    def call_many(self, calls):
        """The same for several at once; None where one failed."""
        context = GLib.MainContext.default()
        answers = [None] * len(calls)
        left = [len(calls)]

        def done(bus, result, number):
            try:
                answers[number] = bus.call_finish(result).unpack()
            except GLib.Error:
                pass
            left[0] -= 1

        for number, (owner, path, interface, method, arguments) in enumerate(calls):
            self.bus.call(owner, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, CALL_MS, None, done,
                          number)
        while left[0] > 0:
            context.iteration(True)
        return answers

    def start(self, *command, **environment):
        """Starts a program and waits for it on the accessibility bus."""
        program = Program(self, command, environment)
        self.programs.append(program)
        program.wait_ready()
        return program

    def picture_of_screen(self, path):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        run("import", "-window", "root", path, env=self.environment)

    def _keep_last_picture(self):
        """What was on the screen when a test failed."""
        try:
            path = os.path.join(shots_folder(), f"failed-{os.path.basename(sys.argv[0])}-{os.getpid()}.png")
            self.picture_of_screen(path)
            print(f"# the screen at that moment: {path}", flush=True)
        except (DriverError, OSError, subprocess.SubprocessError) as error:
            print(f"# no picture: {error}", flush=True)

    def close(self):
        for program in self.programs:
            program.stop()
        if getattr(self, "server", None) is not None:
            self.server.terminate()
            self.server.wait(30)
            self.server_log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Program:
    """A running program with windows."""

    def __init__(self, session, command, environment):
        self.session = session
        self.command = command
        self.owner = None
        self.killed = False
        self.log = os.path.join(session.folder, f"program-{len(session.programs)}.log")
        self.environment = {**session.environment, **environment}
        known = {owner for owner, _ in self._applications()}
        self._known = known
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _applications(self):
        return self.session.call(REGISTRY, ROOT, ACCESSIBLE, "GetChildren")[0]

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def is_running(self):
        return self.process.poll() is None

    def wait_ready(self):
        def appeared():
            if not self.is_running():
                raise DriverError(f"{self.command[0]} ended with {self.process.returncode}: {self.output()}")
            for owner, _ in self._applications():
                if owner not in self._known and self._is_ours(owner):
                    return owner
            return None

        self.owner = wait_for(appeared, f"{self.command[0]} on the accessibility bus")
        wait_for(lambda: [node for node in self.nodes() if node.depth == 1], f"a window of {self.command[0]}")

    def _is_ours(self, owner):
        """The bus knows whose process a connection is."""
        answer = self.session.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                   "GetConnectionUnixProcessID", GLib.Variant("(s)", (owner,)))
        return answer[0] == self.process.pid

    def nodes(self, hidden=False):
        """All widgets as they are now, in reading order: those that show, unless hidden."""
        children = {}
        level = [ROOT]
        while level:
            answers = self.session.call_many([(self.owner, path, ACCESSIBLE, "GetChildren", None) for path in level])
            following = []
            for path, answer in zip(level, answers):
                children[path] = [child for _, child in answer[0]] if answer else []
                following += [child for child in children[path] if child not in children]
            level = following
        try:
            items = self.session.call(self.owner, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems")[0]
        except GLib.Error as error:
            if not self.is_running():
                raise DriverError(f"{self.command[0]} ended with {self.process.returncode}: {self.output()}") from error
            raise
        facts = {item[0][1]: item[5:] for item in items}
        self._ask_for(facts, [path for path in children if path not in facts])
        found = []

        def add(path, parent, depth):
            fact = facts.get(path)
            if fact is None:
                return
            node = Node(self, path, parent, depth, fact)
            if parent is not None and not hidden and not node.is_("showing"):
                return
            if parent is not None:
                parent.children.append(node)
                found.append(node)
            for child in children.get(path, []):
                add(child, node, depth + 1)

        add(ROOT, None, 0)
        return found

    def _ask_for(self, facts, paths):
        """What the cache leaves out, such as spin buttons, is asked for one by one."""
        calls = []
        for path in paths:
            calls += [(self.owner, path, ACCESSIBLE, "GetInterfaces", None),
                      (self.owner, path, PROPERTIES, "Get", GLib.Variant("(ss)", (ACCESSIBLE, "Name"))),
                      (self.owner, path, ACCESSIBLE, "GetRole", None),
                      (self.owner, path, PROPERTIES, "Get", GLib.Variant("(ss)", (ACCESSIBLE, "Description"))),
                      (self.owner, path, ACCESSIBLE, "GetState", None)]
        answers = self.session.call_many(calls)
        for number, path in enumerate(paths):
            answer = answers[number * 5:number * 5 + 5]
            if None not in answer:
                facts[path] = tuple(part[0] for part in answer)

    def look(self, role=None, name=None, within=None, **states):
        """The nodes that match now. role and name: a string, a tuple of them, or (name)
        something with search(); states: sensitive=True and the like."""
        nodes = within.fresh_descendants() if within is not None else self.nodes()
        return [node for node in nodes if node.matches(role, name, states)]

    def find(self, role=None, name=None, within=None, seconds=None, **states):
        """The first node that matches, waited for."""
        what = f"a {role or 'widget'} “{getattr(name, 'pattern', name)}” {states or ''}"
        try:
            return wait_for(lambda: self.look(role, name, within, **states), what, seconds)[0]
        except DriverError as error:
            raise DriverError(f"{error}. There is:\n{self.describe()}") from None

    def choose(self, button, item):
        """An item of the menu behind a button. Menu items have no name of their own
        in GTK 4.18: a relation leads to the label that is theirs."""
        self.click("toggle button", button)

        def matching():
            return [node for node in self.look("menu item", sensitive=True) if item in (node.name, node.label())]

        wait_for(matching, f"a menu item “{item}”")[0].click()

    def switch(self, name):
        """The inner switch of a row: it has the action, the row has not."""
        return wait_for(lambda: [node for node in self.look("check box", name) if node.actions()],
                        f"a switch “{name}”")[0]

    def wait_gone(self, role=None, name=None, seconds=None):
        wait_for(lambda: not self.look(role, name), f"the end of a {role or 'widget'} “{name}”", seconds)

    def says(self, pattern, seconds=None):
        """Waits for words anywhere: a compiled expression or a part of a text. Returns the node."""
        def matching():
            for node in self.nodes():
                for text in node.texts():
                    if pattern.search(text) if hasattr(pattern, "search") else pattern in text:
                        return node
            return None

        try:
            return wait_for(matching, f"the words “{getattr(pattern, 'pattern', pattern)}”", seconds)
        except DriverError as error:
            raise DriverError(f"{error}. There is:\n{self.describe()}") from None

    def all_texts(self):
        """Every text that shows, joined by line breaks."""
        return "\n".join(text for node in self.nodes() for text in node.texts())

    def click(self, role, name, **options):
        """Clicks a button, menu item, row or the like."""
        self.find(role, name, sensitive=True, **options).click()

    def describe(self):
        """The tree as text, for complaints."""
        lines = []
        for node in self.nodes():
            depth = sum(1 for other in node.ancestors() if other.name or other.role not in CONTAINERS)
            if node.role in CONTAINERS and not node.name:
                continue
            text = node.text() if node.has(TEXT) and node.role != "label" else ""
            marks = "".join(f" {state}" for state in ("checked", "selected", "focused", "expanded") if node.is_(state))
            marks += "" if node.is_("sensitive") else " insensitive"
            lines.append(f"{'  ' * depth}{node.role} “{node.name}”{marks}{' = ' + repr(text) if text else ''}")
        return "\n".join(lines)

    # ---- windows, keys and pictures ----

    def windows(self):
        """The X windows of this program that show, as (id, title)."""
        done = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)],
                              env=self.session.environment, capture_output=True, text=True, check=False)
        found = []
        for window in done.stdout.split():
            title = subprocess.run(["xdotool", "getwindowname", window], env=self.session.environment,
                                   capture_output=True, text=True, check=False).stdout.strip()
            found.append((window, title))
        return found

    def window(self, title=None):
        """The id of the window with that in its title, waited for; without a title: the newest."""
        def matching():
            found = [window for window, name in self.windows() if title is None or title in name]
            return found[-1] if found else None

        return wait_for(matching, f"a window with the title “{title}”")

    def focus(self, title=None):
        """Brings a window to the front and gives it the keyboard."""
        window = self.window(title)
        run("xdotool", "windowraise", window, "windowfocus", "--sync", window, env=self.session.environment)
        return window

    def key(self, *keys, title=None, window=None):
        """Presses keys, such as ctrl+n, in the window with that id or title."""
        if window is None:
            self.focus(title)
        else:
            run("xdotool", "windowraise", window, "windowfocus", "--sync", window, env=self.session.environment)
        run("xdotool", "key", "--clearmodifiers", *keys, env=self.session.environment)

    def type(self, text):
        """Types into whatever has the keyboard."""
        run("xdotool", "type", "--clearmodifiers", "--delay", "8", text, env=self.session.environment)

    def geometry(self, window):
        lines = run("xdotool", "getwindowgeometry", "--shell", window, env=self.session.environment).split()
        values = dict(line.split("=") for line in lines)
        return int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])

    def resize(self, width, height, title=None):
        window = self.window(title)
        run("xdotool", "windowsize", window, str(width), str(height), env=self.session.environment)
        wait_for(lambda: self.geometry(window)[2:] == (width, height), f"the window to be {width}×{height}")

    def picture(self, path, title=None):
        """A picture of one window, once two in a row are alike: all is drawn by then."""
        window = self.window(title)
        run("xdotool", "windowraise", window, "mousemove", "9999", "9999", env=self.session.environment)
        x, y, width, height = self.geometry(window)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)

        def take():
            run("import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "+repage", path,
                env=self.session.environment)
            return run("identify", "-format", "%#", path)

        last = [take()]

        def settled():
            before, last[0] = last[0], take()
            return before == last[0]

        try:
            wait_for(settled, "the window to be drawn", 6)
        except DriverError:
            pass  # a spinner never rests
        return path

    def wait_end(self, seconds=None):
        return wait_for(lambda: self.process.poll() is not None, f"the end of {self.command[0]}", seconds)

    def stop(self):
        """Ends the program as a session does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.killed = True
                self.process.kill()
                self.process.wait(30)
        return self.process.returncode


class Node:
    """One widget, as it was when it was looked at."""

    def __init__(self, program, path, parent, depth, fact):
        self.program = program
        self.path = path
        self.parent = parent
        self.depth = depth
        self.children = []
        self.interfaces = fact[0]
        self.name = fact[1]
        self.role = ROLES.get(fact[2], str(fact[2]))
        self.description = fact[3]
        self._states = fact[4][0] | fact[4][1] << 32

    def __repr__(self):
        return f"<{self.role} “{self.name}”>"

    def has(self, interface):
        return interface in self.interfaces

    def is_(self, state):
        return bool(self._states >> STATES[state] & 1)

    def matches(self, role, name, states):
        if role is not None and self.role != role and not (isinstance(role, tuple) and self.role in role):
            return False
        if name is not None:
            if hasattr(name, "search"):
                if not name.search(self.name):
                    return False
            elif self.name != name and not (isinstance(name, tuple) and self.name in name):
                return False
        return all(self.is_(state) == wanted for state, wanted in states.items())

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def descendants(self):
        for child in self.children:
            yield child
            yield from child.descendants()

    def refresh(self):
        """The same widget as it is now, or None if it is gone."""
        for node in self.program.nodes():
            if node.path == self.path:
                return node
        return None

    def fresh_descendants(self):
        node = self.refresh()
        return list(node.descendants()) if node else []

    def call(self, interface, method, arguments=None):
        return self.program.session.call(self.program.owner, self.path, interface, method, arguments)

    def property(self, interface, name):
        return self.call(PROPERTIES, "Get", GLib.Variant("(ss)", (interface, name)))[0]

    def text(self):
        """The whole content of an entry, a text view or a label."""
        count = self.property(TEXT, "CharacterCount")
        return self.call(TEXT, "GetText", GLib.Variant("(ii)", (0, count)))[0]

    def texts(self):
        """What a reader gets of this widget: its name, its description, its content."""
        texts = [self.name, self.description]
        if self.has(TEXT) and self.role != "label":
            try:
                texts.append(self.text())
            except GLib.Error:
                pass
        return [text for text in texts if text]

    def inner_text(self):
        """All texts within, joined by line breaks."""
        return "\n".join(text for node in [self, *self.descendants()] for text in node.texts())

    def label(self):
        """The text of what labels it."""
        for relation, targets in self.call(ACCESSIBLE, "GetRelationSet")[0]:
            if relation == RELATION_LABELLED_BY:
                owner, path = targets[0]
                return self.program.session.call(owner, path, TEXT, "GetText", GLib.Variant("(ii)", (0, 1000)))[0]
        return ""

    def actions(self):
        return [action[0] or action[2] for action in self.call(ACTION, "GetActions")[0]]

    def act(self, *names):
        """Does the first of the named actions that there is."""
        present = [action.lower() for action in self.actions()]
        for name in names:
            for number, action in enumerate(present):
                if action == name or action.startswith(name + "."):
                    if not self.call(ACTION, "DoAction", GLib.Variant("(i)", (number,)))[0]:
                        raise DriverError(f"{self}: {name} could not be done")
                    return
        raise DriverError(f"{self} has none of {names}, only {present}")

    def click(self):
        """By its action; rows have none, and are clicked with the pointer."""
        actions = [action.lower() for action in self.actions()]
        if any(action in ("click", "activate", "toggle", "listitem.select") for action in actions):
            self.act("click", "activate", "toggle", "listitem.select")
        else:
            self.point_and_click()

    def point_and_click(self, button=1):
        """With the pointer, in the middle of it."""
        top = self.toplevel()
        window = self.program.focus(top.name or None)
        # GTK says where a widget is without its window's border, and where the
        # window is as minus that border.
        border_x, border_y = (-2 * value for value in top.extents()[:2])
        x, y, width, height = self.extents()
        across, down = self.program.geometry(window)[2:]
        if not (0 <= border_x + x + width // 2 < across and 0 <= border_y + y + height // 2 < down):
            raise DriverError(f"{self} is out of sight")
        run("xdotool", "mousemove", "--window", window, "--sync", str(border_x + x + width // 2),
            str(border_y + y + height // 2), "click", str(button), env=self.program.session.environment)

    def press(self, key="Return"):
        """By the keyboard, wherever it is scrolled to: goes from one widget to the next until it is reached."""
        title = self.toplevel().name or None
        for _ in range(80):
            now = self.refresh()
            if now is None:
                raise DriverError(f"{self} is gone")
            if now.is_("focused"):
                self.program.key(key, title=title)
                return
            self.program.key("Tab", title=title)
        raise DriverError(f"{self} is not reached by the keyboard")

    def toplevel(self):
        return [self, *self.ancestors()][self.depth - 1]

    def fill(self, text):
        """Replaces the content."""
        if not self.call(EDITABLE, "SetTextContents", GLib.Variant("(s)", (text,)))[0]:
            raise DriverError(f"{self} did not take the text")
        # A password reads as dots.
        wait_for(lambda: self.text() in (text, "●" * len(text)), f"{self} to have the text")

    def set_value(self, value):
        """Of a spin button or a scale."""
        self.call(PROPERTIES, "Set", GLib.Variant("(ssv)", (VALUE, "CurrentValue", GLib.Variant("d", value))))
        wait_for(lambda: self.property(VALUE, "CurrentValue") == value, f"{self} to be {value}")

    def extents(self):
        """x, y, width and height in its window."""
        return self.call(COMPONENT, "GetExtents", GLib.Variant("(u)", (COORDINATES_WINDOW,)))[0]


# ---- pictures and TAP -----------------------------------------------------


def shots_folder():
    return os.environ.get("WAXSEAL_SHOTS") or os.path.join(TOP, "build/debug/shots")


def built(name):
    """A freshly built program, by its path below the build folder."""
    build = os.environ.get("WAXSEAL_BUILD") or os.path.join(TOP, "build/debug")
    return os.path.join(build, name)


def run_cases(cases):
    """Runs functions as TAP points, in order; those after a failed one too. The exit code."""
    import traceback  # pylint: disable=import-outside-toplevel

    failed = 0
    print(f"1..{len(cases)}", flush=True)
    for number, case in enumerate(cases, 1):
        name = case.__name__.replace("_", "-")
        start = time.monotonic()
        try:
            case()
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
            print(f"not ok {number} - {name}", flush=True)
        else:
            print(f"ok {number} - {name}", flush=True)
        print(f"# {name}: {time.monotonic() - start:.1f} s", flush=True)
    return 1 if failed else 0
