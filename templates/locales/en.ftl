### Everything mailmoot says in English. A test keeps the keys equal to those of the other languages.

## Everywhere
product = mailmoot
count-members = { $n ->
    [one] { $n } member
   *[other] { $n } members
}
count-mails = { $n ->
    [one] { $n } mail
   *[other] { $n } mails
}
count-unread = { $n ->
    [one] { $n } unread message
   *[other] { $n } unread messages
}
back = Back
save = Save
saved = Saved
saving = Saving…
cancel = Cancel
close = Close
more = More

## Configuration
config-wrong = { $name } is “{ $value }”. Expected: { $expected }.
config-wrong-secret = { $name } cannot be used (its value is not shown). Expected: { $expected }.
config-missing = { $name } is not set. Expected: { $expected }.
config-unknown = { $name } is no setting of mailmoot. docs/ADMIN.md lists them all.
config-unknown-near = { $name } is no setting of mailmoot. Do you mean { $nearest }?
config-both = { $name } and { $other } are both set. Keep one of them.
config-unreadable = { $name } cannot be read: { $why }
config-expected-simple = a text, a whole number, true or false, or a list of texts
config-expected-listen = an IP address and a port, such as 127.0.0.1:8080 or [::]:8080
config-expected-url = the address of the pages as people type it, such as https://moot.corp.example
config-expected-folder = the path of a folder
config-expected-file = the path of a file
config-expected-database = sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE
config-expected-address = one mail address, such as moot@corp.example
config-expected-name = a name of 1 to 100 characters
config-expected-replies = subaddress, catch_all or single
config-expected-domain = a domain, such as groups.corp.example
config-expected-no-catch-all = nothing here, or mail.replies = "catch_all"
config-expected-time = a time with its unit, such as 30s, 2m or 1h
config-expected-size = a size with its unit, such as 25 MB
config-expected-count = a whole number from 1
config-expected-language = en or zh-CN
config-expected-host = the name of a server, such as mail.corp.example
config-expected-port = a port number from 1 to 65535
config-expected-security = tls (usual ports 993 and 465), starttls (143 and 587), or none for a server on this machine
config-expected-password = the account’s password, or the same setting with _file and the path of a file that holds it
config-expected-mail-folder = the name of a mail folder, such as INBOX
config-expected-one-source = either [imap] or [maildir], not both
config-expected-domains = a list of domains, such as ["corp.example"]
config-expected-log-format = text or json
config-expected-log-level = error, warn, info, debug or trace
## The frame of a page
skip-to-main = Skip to the page
today = Today
yesterday = Yesterday
copied = Copied
failed-to-send = Not sent
reconnecting = Connection lost. Reconnecting…
theme-auto = System
theme-light = Light
theme-dark = Dark
side-label = Groups and drafts
nav-label = Pages
new-group = New group
threads = Threads
drafts = Drafts
groups = Groups
groups-none = No groups yet.
no-topic = No topic yet
sessions = Where I am signed in
ledger = Mail ledger
mail-desk = Mail desk
sign-out = Sign out
unread = unread

## Groups
group-new = New group
home-welcome = Welcome to mailmoot
home-start = Start a group
home-lead = A mail thread that has run out of hand becomes a group: its people and its subject come along.
way-forward = Forward a mail
way-forward-text = Forward the thread to this address, or put the address in Cc. You get a mail with a draft of the group.
way-thread = Pick a thread
way-thread-text = Choose one of the mail threads you take part in.
way-thread-go = Show threads
way-drop = Drop mail files
way-drop-text = Drop .eml files on the page “New group”, or start with an empty draft.
copy-address = Copy the address
to-groups = To the groups
copy-link = Copy link
you = you
role-owner = Started the group
reach-browser = In the browser
reach-mail = By mail
link-of-group = The link of this group, for its members:
older-messages = Older messages
newest-messages = To the newest messages
new-messages = New messages
talk-start = The group began on
messages = Messages
unread-from-here = New from here

## Messages
by-mail = by mail
by-link = by this member's link, not confirmed
opening-message = opening message
show-quotation = Show quotation and signature
drop-files = Drop files to add them
add-files = Add files
your-message = Your message
write-message = Write a message
send = Send
sending = Sending…
send-again = Send again
upload-failed = Could not be uploaded
file-too-large = This file is too large. The limit is { $size }.
composer-hint = Enter sends, Shift + Enter starts a new line
