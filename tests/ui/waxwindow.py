# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do in Waxseal's window, for the tests and the pictures."""

import os
import re
import subprocess
import tempfile

import driver

MAIN = "Waxseal"
PLACES = ("Overview", "Drafts", "Outbox", "Sent & Activity", "Accounts")
VERDICT = re.compile("^The Record Is ")
ENTRIES = ("text", "entry", "password text", "spin button")


def settings_environment():
    return {"GSETTINGS_SCHEMA_DIR": os.environ.get("GSETTINGS_SCHEMA_DIR") or driver.built("data")}


def start(session, *arguments, **environment):
    """Starts the window's program."""
    return session.start(driver.built("src/ui/waxseal-window"), *arguments, **settings_environment(), **environment)


def waxseal(*arguments, stdin=None, check=True):
    """The command line: its output."""
    done = subprocess.run([driver.built("src/cli/waxseal"), *arguments], input=stdin, capture_output=True, text=True,
                          check=False, timeout=300)
    if check and done.returncode != 0:
        raise driver.DriverError(f"waxseal {' '.join(arguments)}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def place_row(program, place):
    return program.find("list item", re.compile("^" + re.escape(place)), within=program.find("list", "Places"))


def go(program, place, narrow=False):
    """To a place, by its row in the sidebar, which is gone then where it is narrow."""
    place_row(program, place).point_and_click()
    if narrow:
        program.find("button", "Back")
    else:
        program.find("list item", re.compile("^" + re.escape(place)), selected=True)


def back(program):
    """To the sidebar, where it is narrow."""
    program.click("button", "Back")
    program.find("list", "Places")


def entry(program, name, **options):
    """The inner entry of a row with that title: the deepest, which takes the text."""
    def matching():
        found = [node for node in program.look(ENTRIES, name, **options) if node.has(driver.EDITABLE)]
        return found[-1] if found else None

    try:
        return driver.wait_for(matching, f"an entry “{name}”")
    except driver.DriverError as error:
        raise driver.DriverError(f"{error}. There is:\n{program.describe()}") from None


def fill(program, name, text):
    entry(program, name).fill(text)


def choose_file(program, title, path, accept="Open"):
    """Drives GTK's own file chooser: a slash opens its entry for a path."""
    window = program.window(title)
    program.focus(title)
    chooser = program.find(("dialog", "frame", "window"), title)
    program.key("slash", window=window)
    def location():
        found = [node for node in program.look(("text", "entry"), within=chooser) if node.has(driver.EDITABLE)]
        return found[0] if found else None
    driver.wait_for(location, f"the entry for a path in “{title}”").fill(path)
    program.find("button", accept, within=chooser, sensitive=True).click()
    program.wait_gone(("dialog", "frame", "window"), title)


def choose_in(program, title, item):
    """In the list behind a row."""
    program.find("combo box", re.compile("^" + re.escape(title))).press("space")
    def matching():
        return [node for node in program.look("list item") if item in (node.name, node.inner_text())]

    driver.wait_for(matching, f"“{item}” to choose")[-1].point_and_click()


def show_protection(program):
    """Of the account's dialog: the page with what it demands of its connection."""
    program.find("list item", re.compile("^Protection")).press()
    program.find("combo box", re.compile("^Oldest TLS version"))


def leave_protection(program):
    program.find("button", "Back", within=program.find("dialog")).click()
    program.find("list item", re.compile("^Protection"))


def add_account(program, host, address="ann@example.org", name="Ann Example", ca=True, password=None, port=None):
    """Through the dialog, from whichever page offers it first."""
    program.click("button", re.compile("Add (an )?Account"))
    fill(program, "Your name", name)
    fill(program, "Mail address", address)
    fill(program, re.compile("^Server name"), "localhost")
    program.find("spin button", "Port").set_value(port or host.port)
    fill(program, re.compile("^User name"), host.user)
    fill(program, "Password", password or host.password)
    if ca:
        show_protection(program)
        program.click("button", "Choose a file with the authority's certificate")
        choose_file(program, "Choose a Certificate Authority", host.ca_file)
        leave_protection(program)
    program.click("button", "Save")
    program.wait_gone("button", "Save")


def add_account_by_command(folder, host, url=None, address="ann@example.org", name="Ann Example", password=None):
    """The same by the command line. Without a host: to a server that need not be there."""
    url = url or (f"smtps://{host.user}@localhost:{host.port}" if host else "smtps://ann@smtp.example.org")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write((password or (host.password if host else "secret")) + "\n")
        file.flush()
        waxseal("account", "add", "--profile", folder, "--server", url, "--address", address, "--name", name,
                "--password-file", file.name, *(["--ca", host.ca_file] if host else []))


def end(program):
    """Ends it as a session does, and fails if it does not go, or has complained
    meanwhile: GTK's warnings are mistakes in the window."""
    if program.stop() != 0 or program.killed:
        raise driver.DriverError(f"the window did not end in order: {program.process.returncode}: {program.output()}")
    complaints = re.findall(r".*(?:WARNING|CRITICAL|ERROR) \*\*.*", program.output())
    if complaints:
        raise driver.DriverError("the window complained:\n" + "\n".join(complaints[:20]))


# ---- writing and sending ----


def compose(program, key=True):
    """Opens a composer, by the keyboard or by its button; its window's id."""
    if key:
        program.key("ctrl+n", title=MAIN)
    else:
        program.click("button", "Compose")
    program.find(("frame", "window"), "New Message")
    entry(program, "Subject")
    return program.window("New Message")


def write(program, to, subject, body, cc=None):
    entry(program, "To").fill(to)
    if cc:
        program.click("toggle button", re.compile("Cc"))
        entry(program, "Cc").fill(cc)
    entry(program, "Message text").fill(body)
    entry(program, "Subject").fill(subject)


def discard(program, title):
    """Throws away what is in the composer, by its menu."""
    program.choose("More", "Discard Draft")
    program.click("button", "Discard")
    program.wait_gone(("frame", "window"), re.compile(re.escape(title)))


def choose_account(program, name):
    """In the list of senders."""
    program.find("combo box", re.compile("From")).click()
    program.find("list item", re.compile(re.escape(name))).point_and_click()


def attach(program, path, window):
    program.key("ctrl+shift+a", window=window)
    choose_file(program, "Attach Files", path, "Attach")
    program.says(os.path.basename(path))


def route(program, words, seconds=None):
    """Waits for the route bar to say that; the bar's button."""
    try:
        return program.find("button", re.compile("^Route: .*" + words, re.S), seconds=seconds)
    except driver.DriverError as error:
        raise driver.DriverError(f"the route bar never said “{words}”: {error}") from None


def show_inspector_page(program, name):
    """By the switcher in its header, or at its foot where it is narrow."""
    program.find(("page tab", "toggle button", "radio button", "button"), name, sensitive=True).click()


def outbox_row(program, subject, state, seconds=None):
    """Waits in the outbox for a row with that subject in that state: its texts."""
    def matching():
        for node in program.look("list item"):
            text = node.inner_text()
            if subject in text and re.search(state, text):
                return text
        return None

    try:
        return driver.wait_for(matching, f"“{subject}” to be {state}", seconds)
    except driver.DriverError as error:
        raise driver.DriverError(f"{error}. There is:\n{program.describe()}") from None


# ---- what is true of every page ----

CONTROLS = ("button", "toggle button", "check box", "radio button", "combo box", "spin button", "text", "entry",
            "password text", "link", "slider", "switch", "menu item")


def nameless(program):
    """The controls that a screen reader could not name, each with the names around it."""
    return [" > ".join(f"{other.role} “{other.name}”" for other in reversed([node, *node.ancestors()])
                       if other.name or other is node)
            for node in program.nodes() if node.role in CONTROLS and not node.name.strip() and not node.label()]


def check_names(program):
    """Fails where there is one. What is just going away has no name for a moment."""
    try:
        driver.wait_for(lambda: not nameless(program), "names", 5)
    except driver.DriverError:
        raise driver.DriverError("controls without an accessible name:\n" + "\n".join(nameless(program))) from None
