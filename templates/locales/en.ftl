### Everything mailmoot says in English. A test keeps the keys equal to those of the other languages.

## Everywhere
count-members = { $n ->
    [one] { $n } member
   *[other] { $n } members
}
count-mails = { $n ->
    [one] { $n } mail
   *[other] { $n } mails
}
back = Back
save = Save
saved = Saved
saving = Saving…
cancel = Cancel
close = Close
more = More

## Configuration
config-problems = The configuration cannot be used:
config-wrong = { $name } is “{ $value }”. Expected: { $expected }.
config-wrong-secret = { $name } cannot be used (its value is not shown). Expected: { $expected }.
config-missing = { $name } is not set. Expected: { $expected }.
config-unknown = { $name } is no setting of mailmoot. docs/ADMIN.md lists them all.
config-unknown-near = { $name } is no setting of mailmoot. Do you mean { $nearest }?
config-both = { $name } and { $other } are both set. Keep one of them.
config-unreadable = { $name } cannot be read: { $why }
config-no-file = The configuration file { $name } cannot be read: { $why }. Check the path after --config (or in MAILMOOT_CONFIG), and that the user who runs mailmoot may read the file.
config-no-default-file = There is no configuration file { $name }, and the environment alone is not enough. Start mailmoot in the folder of the file, or name it: --config FILE. docs/ADMIN.md begins with an example of nine lines.
config-no-secret-file = { $name } names the file { $path }, which cannot be read: { $why }. Put the secret into that file, or correct the path, and let the user who runs mailmoot read it.
config-expected-simple = a text, a whole number, true or false, or a list of texts
config-expected-listen = an IP address and a port, such as 127.0.0.1:8080 or [::]:8080
config-expected-url = the address of the pages as people type it, without a path, such as https://moot.corp.example
config-expected-folder = the path of a folder
config-expected-file = the path of a file
config-expected-proxies = a list of IP addresses or blocks of them, such as ["127.0.0.1", "10.0.0.0/8"]
config-expected-database = sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE
config-expected-address = one mail address, such as moot@corp.example
config-expected-name = a name of 1 to 100 characters
config-expected-webhook = a web address that begins with https:// or http://
config-expected-section-name = a section with a name of up to 30 small letters and digits
config-expected-replies = subaddress, catch_all or single
config-expected-domain = a domain, such as groups.corp.example
config-expected-no-catch-all = nothing here, or mail.replies = "catch_all"
config-expected-time = a time with its unit, such as 30s, 2m or 1h
config-expected-size = a size with its unit, such as 25 MB
config-expected-dkim-key = a private key in PEM, RSA or Ed25519
config-expected-dkim-selector = a name such as moot or moot2026, under which the key stands in the DNS
config-expected-count = a whole number from 1
config-expected-language = en or zh-CN
config-expected-zone = a time zone by its name, such as Europe/Stockholm
config-expected-host = the name of a server without its port, such as mail.corp.example
config-expected-port = a port number from 1 to 65535
config-expected-security = tls (usual ports 993 and 465), starttls (143 and 587), or none for a server on this machine
config-expected-password = the account’s password, or the same setting with _file and the path of a file that holds it
config-expected-mail-folder = the name of a mail folder, such as INBOX
config-expected-outside = domains such as partner.example, with commas between; none; or * for all
config-expected-one-source = either [imap] or [maildir], not both
config-expected-endings = a list of endings of file names, such as ["exe", "iso"]
config-expected-domains = a list of domains, such as ["corp.example"]
config-expected-issuer = the issuer as the provider writes it, beginning with https://, such as https://login.corp.example/realms/staff
config-expected-other-issuer = an issuer that no other [provider] has
config-expected-client-id = the client id that the provider gave to mailmoot
config-expected-auth = password or oauth
config-expected-token-url = the address where the provider gives out tokens, beginning with https://, such as https://login.corp.example/oauth2/token
config-expected-oauth-hosts = a list of the mail servers that may be shown the tokens, such as ["outlook.office365.com", "smtp.office365.com"]
config-expected-oauth-host = one of the servers in oauth.hosts: a token opens the mailbox for whoever is shown it
config-expected-oauth-secret = the client’s secret; or oauth.refresh_token, for a client that acts for a signed-in account
config-expected-title = what the button says, 1 to 60 characters
config-expected-words = a list of words, such as ["profile", "email"]
config-expected-parameters = NAME=VALUE, and none that the sign-in needs for itself (scope, state, nonce, redirect_uri and the like)
config-expected-scope = words with spaces between, on one line, such as mail offline_access
config-expected-mailbox-way = true, or a provider.NAME.mailbox_scope: as it is, sign_in.own_mailbox is on, but nobody can open their mailbox
config-expected-claim = the name of a claim, such as email
config-expected-log-format = text or json
config-expected-log-level = error, warn, info, debug or trace

## The frame of a page
skip-to-main = Skip to the page
today = Today
yesterday = Yesterday
copied = Copied
failed-to-send = Not sent
reconnecting = Connection lost. Reconnecting…
signed-out-here = You were signed out here. What you typed is kept.
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
glance-files = { $more ->
    [0] { $name }
   *[other] { $name } and { $more } more
}
with-files = with files
group-new = New group
home-welcome = Welcome to mailmoot
home-start = Start a group
home-guest = The groups you were asked into stand beside this text. New ones are started by people of the organisation.
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
reach-browser = In the browser
reach-mail = By mail
link-of-group = Link, for its members
older-messages = Older messages
newest-messages = To the newest messages
new-messages = New messages
talk-start = The group began on
talk-from = You see what was written since you were added on
messages = Messages
unread-from-here = New from here

## Places and writing
newer-messages = Newer messages
jump = Go to a date
jump-date = Messages since
jump-go = Go
jump-first = To the beginning
jump-unread = To the first unread
jump-missing = This message is not here, or not for you to see.
jump-failed = The messages could not be fetched. Try again in a moment.
mention-whom = Members to mention
mention-unmatched = { $names }: no member has this name, so nobody was notified. Type @ and choose from the list.
mentioned-you = mentioned you in
toolbar = Formatting
sign-bold = Bold
sign-italic = Italic
sign-struck = Struck out
sign-code = Code in a line
sign-block = Code on lines of its own
sign-link = Link
sign-quote = Quotation
sign-list = List
sign-numbers = Numbered list
preview = Preview
preview-empty = Nothing is written yet.
characters-left = characters left
characters-too-many = characters too many: shorten it, or add it as a file
unsent-elsewhere = Written on another device:
unsent-use = Use this text
show-all = Show all
show-less = Show less
copy-code = Copy this code

## Keyboard
keys = Keyboard
keys-everywhere = On every page
keys-discussion = In a discussion
keys-message = On a message
keys-writing = While writing
keys-list = Show this list
keys-search = Search
keys-groups = To the group above or below
keys-close = Close a list, a menu or a panel
keys-tab = To the next or the previous control
keys-write = Write a message
keys-messages = To the messages
keys-unread = To the first unread message
keys-newest = To the newest message
keys-send = Send
keys-line = Begin a new line
keys-mention = Mention a member
keys-choose = Choose from the list of members
keys-walk = To the message above or below
keys-menu = Open its menu
keys-answer = Answer it
keys-react = React to it
keys-pin = Pin it
keys-go-on = Go on from it in a new group
keys-edit = Edit it, if it is yours
keys-link = Copy its link
keys-move = Move it to another group
keys-remove = Remove it
keys-edit-last = In an empty field: edit your last message
keys-single = Keys that are pressed alone, such as ? and c, work outside of fields
keys-mac = On a Mac press ⌘ for Ctrl, and ⌥ for Alt.

## Presence
presence-online = online
presence-busy = busy
presence-away = away
presence-offline = offline
presence-colon = :{" "}
presence-until = until
presence-away-by-mail = away, says their mail program
presence-away-until-by-mail = away until { $day }, says their mail program
presence-here = { $n } here
presence-one-writes = { $a } is writing…
presence-two-write = { $a } and { $b } are writing…
presence-many-write = { $a } and { $n } others are writing…
presence-mine = How others see you
presence-note = Note for the others
presence-note-hint = Note, such as “at lunch”
presence-lasts = How long this holds
presence-no-end = No end
presence-minutes = { $n ->
    [30] 30 minutes
    [60] 1 hour
    [120] 2 hours
   *[240] 4 hours
}
presence-clock = Until this time
problem-no-such-end = This cannot end then. Choose a time in the next seven days.

## Messages
by-mail = by mail
by-link = by this member's link, not confirmed
by-share = from outside, answers a share
mail-came-from = This came by mail from
way-address = It was sent to a member's own reply address
way-answer = It answers a mail of the group
way-references = It refers to mails of the group, with the same subject
way-new-matter = It refers to mails of a group, but has another subject: a new matter
way-also = { $n ->
    [one] said in one more group, whose reply address it was sent to
   *[other] said in { $n } more groups, whose reply addresses it was sent to
}
proof-aligned = The domain of this address confirms it ({ $words })
proof-failed = The domain of this address says that the mail is not from there ({ $words })
by-nobody = by this member's link, and they say it is not from them
claim-title = Is this address yours?
claim-text = { $name }, a mail came from this address to your own reply address of a group. If it was you, the mails from there become yours, and you can write from there from now on.
claim-yes = Yes, it is mine
claim-no = No, it is not me
claim-nothing = If you do nothing, the mail stays as it is: shown, but not as yours.
claim-accepted = Thank you. Mails from this address are yours now.
claim-denied = Thank you. The mail is marked as not yours, and we do not ask about this address again.
claim-unknown = This link is not valid, or its time is over. When the next mail comes from the address, you are asked again.
outcome-claimed = Own address
outcome-denied = Not their address
opening-message = opening message
mail-signed = signed ({ $scheme }), not verified
mail-encrypted = This mail is encrypted ({ $scheme }).
mail-encrypted-text = It can be read only in the mail program of whom it was encrypted for; its author can send it once more without.
mail-remote-pictures = { $n ->
    [one] A picture from elsewhere was not loaded.
   *[other] { $n } pictures from elsewhere were not loaded.
}
calendar-event = Event:
calendar-invitation = Invitation:
calendar-cancelled = Cancelled:
calendar-answer = Answer to an invitation:
calendar-accepted = Accepted the invitation:
calendar-tentative = May come to the meeting:
calendar-declined = Declined the invitation:
calendar-repeats = repeats
show-quotation = Show quotation and signature
drop-files = Drop files to add them
add-files = Add files
your-message = Your message
write-message = Write a message
send = Send
sending = Sending…
send-again = Send again
upload-failed = Could not be uploaded
waits-to-be-sent = Not sent yet. It goes by itself when the connection is back.
upload-lost = A file could not be uploaded. Send again to leave it out.
file-too-large = This file is too large. The limit is { $size }.
problem-too-much-waits = You have brought more files than may wait to be sent: { $size }. Send a message with those that are there; what is never sent is removed after a day.
composer-hint = Enter sends, Shift + Enter starts a new line

## Changing messages
in-answer-to = In answer to
answers-earlier = Answers a message from before you came
answering = Answering
answer-not = Write without answering
problem-answer-gone = The message you answer is not in this group. Send your text as a message of its own.
message = Message
answer = Answer
what-you-typed = What you typed
show-in-discussion = Show in the discussion
earlier-versions = What it said before
remove-message = Remove the message
remove-message-text = For everybody and for good: its text and its files are kept nowhere. What was mailed before can’t be taken back.
message-menu = What to do with this message
message-details = Details
remove-message-ask = Remove this message?
edit-hint = Enter saves, Esc gives up
edit-not-possible = This message can’t be changed any more.
reactions = Reactions
react = React
react-not = Take back
reaction-other = Another emoji
reacted-more = { $n ->
    [one] { $names } and one more
   *[other] { $names } and { $n } more
}
emojis-search = Search by name
emojis-none = No emoji has such a name.
emojis-smileys = Smileys
emojis-people = People
emojis-nature = Animals and nature
emojis-food = Food and drink
emojis-travel = Travel and places
emojis-activities = Activities
emojis-objects = Objects
emojis-symbols = Symbols
emojis-flags = Flags
problem-message-gone = This message was removed meanwhile.
problem-no-emoji = Choose one emoji, and only one.
problem-too-many-reactions = This message has so many different reactions that it takes no further one. Choose one that is there.
pin = Pin
unpin = Unpin
pinned = pinned
pinned-by = Pinned by
pins = Pinned messages
pins-none = Nothing is pinned yet. Pin what everybody is to find again by the menu of its message.
problem-too-many-pins = A group has { $n } pinned messages at the most. Unpin one first.
message-edited = edited
message-removed = Message removed
message-removed-by = Removed by
sent-by = sent by
sent-by-text = The mail says so: it was sent in the name of its author.
message-moved = Message moved to another group
message-moved-meanwhile = This message was moved to another group meanwhile. Its page says where it stands, if you are in that group.
message-edited-meanwhile = This message was edited meanwhile. Read it again before you move it.
moved-away = Moved to another group
moved-here = Moved here
moved-by = by
moved-stands = It stands now in
written = written
move-message = Move to another group
move-message-lead = If it came into the wrong group: it goes to the end of another group of yours, with its files and its author.
move-choose = Choose the group…
move-search = Search your groups
move-where = Your groups
move-none = None of your groups has these words in its topic.
move-nowhere = You are in no other group.
move-into = Move into
move-readers = { $n ->
    [one] { $n } member will read it in
   *[other] { $n } members will read it in
}
and-others = { $n ->
    [one] and { $n } other
   *[other] and { $n } others
}
move-author-away = Whoever wrote it is not in that group.
move-trace = Here a line stays that says who moved it and when; only those who are in both groups see where to.
move-learns = Answers to its mail will go to that group from now on.
move-loses = Its reactions, marks and pin stay behind and are gone.
move-now = Move the message
move-other = Choose another group
move-back = Take it back
move-back-text = It stands here again, and answers to its mail come here as before.
problem-no-other-group = You are not in that group, or the message stands in it already. Choose another one.
message-removed-meanwhile = This message was removed meanwhile. What you typed is still here; copy it if you need it.
message-edited-elsewhere = You have edited this message in another window meanwhile. What you typed here is still here; load the page to see the newer text.
problem-too-late = The time in which a message can be changed has passed. Write a new one instead.
problem-too-many-edits = This message was edited too often. Write a new one instead.

## Signing in
sign-in = Sign in
sign-in-lead = We send a link to your mail address. There is no password.
sign-in-lead-link = We send a link to your mail address.
your-address = Your mail address
send-link = Send me a link
sign-in-with = Sign in with { $provider }
sign-in-or-mail = Or by mail
sign-in-by-password = With the password of your mailbox
mail-password = Password of your mailbox
mail-password-lead = Your mail server checks it. It is not kept.
wrong-mail-password = Address and password do not match, or nobody here has this address. Check both, or have a link sent to you.
problem-passwords-unchecked = The mail server cannot check passwords just now. Try again in a minute, or have a link sent to you.
problem-too-many-passwords = { $n ->
    [one] There were too many wrong passwords, from here or for this address. Wait { $n } minute, or have a link sent to you.
   *[other] There were too many wrong passwords, from here or for this address. Wait { $n } minutes, or have a link sent to you.
}
leaving-to-sign-in = To the sign-in page
leaving-to-sign-out = You are signed out here
leaving-lead = Your browser goes on by itself. If nothing happens, use the button.
leaving-go = Go on
to-sign-in = To the sign-in page
provider-refused = You were not signed in
provider-denied = The sign-in was cancelled
provider-denied-text = { $provider } let you go without signing you in: you cancelled it there, or your account may not use mailmoot. Try again, or ask the people who look after { $provider }.
provider-away = This way to sign in does not work just now
provider-unreachable = { $provider } does not answer. Try again in a minute, or sign in by mail.
provider-unfit = { $provider } and mailmoot do not understand each other: a setting has to be changed. Tell the admin of mailmoot, who finds the reason in the log; until then sign in by mail.
provider-answered = { $provider } refused with “{ $error }”. Tell the admin of mailmoot this word; until then sign in by mail.
provider-none = There is no such way to sign in any more. The sign-in page shows those there are.
provider-gone = This sign-in has run out, was used already, or was begun in another browser. Begin again, and stay in one browser. If it happens again, allow cookies for this site.
provider-not-believed = What came back from { $provider } could not be believed, so nobody was signed in. Begin again; if it happens again, tell the admin of mailmoot.
provider-no-address = { $provider } told no mail address of yours, and by it people are known here. Ask the people who look after { $provider } to enter it, then try again.
provider-not-verified = { $provider } does not say that the mail address in your account there is really yours. Confirm it there, then try again; or sign in by mail.
provider-other-domain = The mail address in your account at { $provider } is of a domain that may not be used here this way. Sign in by mail, or ask the admin of mailmoot.
provider-own-address = The mail address in your account at { $provider } is that of mailmoot itself. Ask the people who look after { $provider } to enter yours.
provider-unknown = { $provider } knows you, but your mail address is not in the address book here. Ask the admin of mailmoot to add it, or somebody in a group to add you there.
provider-other-account = Your mail address belongs to somebody here who signs in with another account at { $provider }. If that is you, use that account. If the address was given to you lately, tell the admin of mailmoot.
check-mail = Look into your mail
check-mail-lead = If { $address } is known here, a mail is on its way. Open its link in this browser, or type the six digits that stand in it.
code-of-mail = Six digits from the mail
check-mail-nothing = Nothing there? Look into the spam folder, wait a minute, or
ask-again = ask again.
sign-in-as = You sign in as { $name }.
sign-in-now = Sign in now
other-browser = Asked for in another browser
other-browser-lead = This link works only in the browser in which you asked for it. Type the six digits of the mail there, or ask for a link from here.
ask-here = Ask for a link here
wrong-address = This is no mail address. It should look like name@company.com.
wrong-code = These digits do not match. Look into the newest mail; after some wrong tries only a new mail helps.
problem-too-often = { $n ->
    [one] This was done too often within the last hour. Wait { $n } minute, then try again.
   *[other] This was done too often within the last hour. Wait { $n } minutes, then try again.
}
problem-too-many-sign-in-mails = { $n ->
    [one] Too many sign-in mails were asked for lately, from here or for this address. Wait { $n } minute, then ask again; until then use the newest one you have.
   *[other] Too many sign-in mails were asked for lately, from here or for this address. Wait { $n } minutes, then ask again; until then use the newest one you have.
}
sessions-lead = Every browser in which you are signed in. Sign out where you no longer are.
this-browser = This browser
session-since = Since
session-seen = Last seen
sign-out-there = Sign out
unknown-device = Unknown browser

## Personal links
personal-link = Personal link
personal-link-group = Open your group
personal-link-draft = Open your draft
personal-link-home = Open mailmoot
personal-link-lead = This link is only for { $name } and opens the page in their name.
open-as = Open as { $name }
personal-link-not-you = This is not you? Then close this page: the link is meant for somebody else.
link-claimed = Opened in another browser before
link-claimed-lead = To open it here as well, we send six digits to the mail address this link was sent to.
send-code = Send me the digits
code-sent-lead = Type the six digits of the mail we just sent.
open-group = Open the group
link-gone = This link can't be used
link-gone-lead = It may be too old, used up or taken back. Sign in with your mail address; your groups are there.
no-longer-here = You can’t sign in any more
problem-no-longer-here = The organisation’s address book says that you have left. That is why mailmoot lets you in no more, and sends you no mails of your groups. If it is wrong, ask the people who look after the address book: once you stand in it again, everything is as it was.
added-by-mistake = You were added by mistake
added-by-mistake-lead = This link led to a group to which you had been added by mistake. That was taken back. There is nothing for you to do.
added-by-mistake-ask = If you think that you do belong there, ask { $name }, who had added you.

## Errors
error-not-found = Nothing here for you
error-not-found-text = This page does not exist, or it is not open to you. If somebody sent you the link, ask them to add you to the group.
error-signed-out-text = You are signed out. Open this page again to sign in; copy what you typed first.
error-foreign = This form was not sent from mailmoot
error-foreign-text = For your safety nothing was changed. Go back, load the page again and repeat what you did.
error-too-large = That was too large
error-too-large-text = Nothing was stored. Send a smaller file, or several one by one.
error-too-slow = The rest did not come
error-too-slow-text = For a minute next to nothing of what you sent arrived, so it was given up and nothing was stored. Look whether your connection holds, and send it again.
error-stale = Somebody was faster
error-stale-text = The page had changed before your change arrived, so nothing was overwritten. Look at it as it is now and try again.
error-unreadable = This could not be understood
error-unreadable-text = Something was missing in the form, or was not what it should be. Go back and check what you entered.
error-ours = Something went wrong here
error-ours-text = The fault is ours, and it was written down. Nothing was lost that had been saved. Try again in a moment.
error-busy = Too busy right now
error-busy-text = Nothing was changed. Try again in a few seconds.
error-too-often = Too often
error-too-often-text = This was asked for too often. Wait a while, then try again.

## Threads
search = Search
search-threads = Words of the subject, or names
threads-none = No mail threads yet. They appear when mails reach mailmoot: forward one, or put its address in Cc.
threads-not-found = No thread of yours has “{ $query }” in its subject or its names.
threads-here = Known here
threads-mailbox = From your mailbox
mailbox-asking = Asking your mail server …
mailbox-show = Show the threads
mailbox-again = Try again
mailbox-older = Older threads
mailbox-unread = { $n ->
    [one] { $n } unread
   *[other] { $n } unread
}
mailbox-empty = There are no mails in your inbox.
mailbox-not-found = No mail of yours has “{ $query }” in its subject, its names or its addresses. What mails say inside is not searched.
mailbox-open-draft = Open the draft
mailbox-open-group = Already a group: open it
mailbox-is-open = The mailbox of { $address } is open here until you sign out. Nothing of it is kept but threads you make a group of, and nothing is marked as read.
mailbox-disconnect = Disconnect
mailbox-connect = Connect
mailbox-connect-lead = See the threads of your own mailbox here, as they are on your mail server now, and make a group of one of them.
mailbox-connect-kept = Your mail server checks the password. It is kept encrypted until you sign out or disconnect, and is used for nothing else.
mailbox-taken = The draft is ready
mailbox-taken-open = Open it
mailbox-left-out = { $n ->
    [one] { $n } mail of the thread is not in it: it is too large, or there are too many mails, or it cannot be opened.
   *[other] { $n } mails of the thread are not in it: they are too large, or there are too many mails, or they cannot be opened.
}
mail-password-lead-kept = Your mail server checks it. It is kept encrypted until you sign out, so that you see the threads of your mailbox.
problem-mailbox-password = Your mail server does not take the password any more; it was probably changed. It is forgotten here. Connect again with the new one.
problem-mailbox-not-open = Your mailbox is not connected any more. Connect it again.
problem-mailbox-away = Your mail server does not answer just now. Try again in a minute; all else works meanwhile.
problem-mailbox-slow = Your mail server took too long. Try again, or search for a word that fewer mails have.
problem-mailbox-folder = Your mail server does not open the inbox of this mailbox. Ask whoever looks after your mail.
problem-mailbox-not-searched = Your mail server cannot search for this. Try other words.
problem-mailbox-outdated = The mailbox has changed since this list was made. Load the list again and choose once more.
mailbox-connect-again = Connect it again
mailbox-connect-provider = Your mailbox opens with the sign-in. What it gives is kept encrypted until you sign out or disconnect, and is used for nothing else.
mailbox-connect-or = Or by its password
mailbox-connect-none = Here your mailbox opens with your sign-in. Sign out, and sign in by the password of your mailbox.
problem-mailbox-access-ended = Your sign-in does not open your mailbox any more: it was some time ago, or the access was taken back. Sign in there again.
problem-mailbox-not-granted = Your sign-in let you in here, but gave no access to your mailbox, so your mail server was not asked. Either you were asked for it there and did not agree: then connect your mailbox again. Or the sign-in does not give it: then tell whoever looks after it.
problem-mailbox-access-refused = Your mail server does not take the access that your sign-in gave. Connect your mailbox again; if this comes back, tell whoever looks after your mail.
problem-mailbox-no-token-login = Your mail server does not take the company’s sign-in. Tell whoever looks after your mail; if the password of your mailbox is asked for on the next page, that helps meanwhile.
problem-mailbox-sign-in-away = The company’s sign-in does not answer just now, and without it your mailbox does not open. Try again in a minute; all else works meanwhile.
problem-mailbox-at-once = Your mail server is busy with what two other windows of yours asked. Wait until they show their lists, then try again.
problem-mailbox-too-often = You asked your mail server thirty times within a minute. Wait a moment, then try again.
problem-mailbox-nothing-left = These mails are not in your mailbox any more, or all of them are too large. Load the list again.
no-subject = (no subject)
make-group = Make a group

## Drafts
drop-mails = Drop the mails here
drop-mails-title = Drop mail files here
drop-mails-text = One or several .eml files of one thread, up to { $size } each. Members and topic are taken from them.
pick-mails = Choose mail files
make-draft = Make a draft
blank-text = Or begin with an empty draft and add people yourself.
blank-go = Empty draft
draft = Draft
draft-title = Prepare a group
draft-confirmed = The group is there, and its members have been told.
draft-discarded = This draft was discarded. Nobody was told.
restore = Restore
edit = Edit
lease-free = Read-only. Press Edit to change topic, members and message.
lease-mine = You are editing. Every change is saved at once and seen by the others.
lease-wanted = { $name } would like to edit.
lease-other = { $name } is editing. You see each change as it is made.
lease-asked = You asked to take over.
lease-elsewhere = You are editing in another window. You see each change as it is made.
edit-here = Edit here
lease-moved = You are editing in another window now, so this change was not saved.
ask-lease = Ask to take over
hand-over = Hand over
done-editing = Done
lease-lost = You no longer have the right to edit
lease-lost-text = What you typed last was not saved, but it is kept here:
kept-text = What you typed:
copy-text = Copy the text
not-saved = Not saved
topic = Topic
topic-hint = What is it about?
mail-had-them = Stood in { $field } of the mails
learnt = not in the address book
learnt-text = Known from a mail, or typed in by hand
remove = Remove
remove-member = Remove { $name }
add = Add
add-member-label = Add somebody
add-member-hint = Name, department or mail address
add-first = Add this person first, or clear the field.
add-address = Add { $address }
people = People
opening-heading = Opening message
opening-hint = Write what the group should know first
opening-none = No opening message.
markdown-hint = Markdown: **bold**, *slanted*, - list, > quotation
open-file = Open
confirm-hint = { $n ->
    [one] One other member gets the link.
   *[other] The { $n } other members get the link.
}
confirm-needs-topic = A group needs a topic.
confirm-needs-members = A group needs at least one other member.
discard = Discard
discard-sure = Discard this draft? You can restore it later.
discard-yes = Discard it
confirm-group = Make the group

## Ledger
ledger-in = Mails in
ledger-out = Mails out
ledger-empty = No mails yet.
ledger-when = When
ledger-outcome = What became of it
ledger-why = Why
ledger-attempts = Tries
run-again = Run again
outcome-waiting = Waiting
outcome-message = Message
outcome-moved = Message, moved
ledger-moved-by = { $name } moved it into another group
outcome-share-answer = Answers a share
outcome-away = Somebody is away
outcome-command = Word for mailmoot
outcome-draft = Draft
outcome-thread = Thread only
outcome-ignored = Not used
outcome-quarantined = Set aside
ledger-unfetched = The mail ({ $place }) could not be fetched from its folder: { $words }. It is still there; “Run again” fetches it once more.
ledger-unfetched-again = The mail ({ $place }) is fetched once more at the next look, within a minute. Last time: { $words }.
delivery-waiting = Waiting
delivery-sent = Sent
delivery-failed = Failed
ledger-filter = Find mails
ledger-filters-on = { $n ->
    [one] 1 filter is on
   *[other] { $n } filters are on
}
ledger-clear = Show all
ledger-address-in = Sender's address, or a part of it
ledger-address-out = Receiver's address, or a part of it
ledger-topic = Group, by its topic
ledger-from = From day
ledger-until = To day
ledger-zone = Days are those of { $zone }.
ledger-outcome-any = Anything
ledger-apply = Find
ledger-remove = Remove the filter { $what }
ledger-is-address = Address: { $value }
ledger-is-group = Group: { $value }
ledger-is-from = From { $value }
ledger-is-until = To { $value }
ledger-is-outcome = { $value }
ledger-which-group = Which group?
ledger-which-group-text = Several groups have “{ $typed }” in their topic. Choose one:
ledger-no-group = No group has “{ $typed }” in its topic. Take a shorter part of it, or leave the field empty.
ledger-group-gone = This group is not there any more. Choose another one, or leave the field empty.
ledger-no-day = “{ $typed }” is no day. Write it as year, month and day, such as 2026-11-20.
ledger-days-turned = The first day is after the last one. Swap them, or leave one empty.
ledger-no-outcome = “{ $typed }” is nothing that becomes of a mail. Choose from the list.
ledger-address-too-long = No address is that long. A part of it is enough, such as the name before the @.
ledger-no-such-place = The link to this page of the ledger is damaged. The newest mails are shown by “Find”.
ledger-nothing = No mail matches: { $asked }.
ledger-widen = Widen the search: remove a filter above, take a shorter part of the address, or more days.
ledger-choose-one = Choose { $what }
ledger-with-chosen = With the chosen mails:
ledger-all-found = All that the filters find, not only this page ({ $n } at most)
retry-now = Try now
drop-mail = Drop
drop-hint = Dropped mails stay in the ledger, with who dropped them.
ledger-done-run = { $n ->
    [one] 1 mail is worked on again.
   *[other] { $n } mails are worked on again.
}
ledger-done-retry = { $n ->
    [one] 1 mail is tried now.
   *[other] { $n } mails are tried now.
}
ledger-done-drop = { $n ->
    [one] 1 mail was dropped. It stays in the ledger.
   *[other] { $n } mails were dropped. They stay in the ledger.
}
ledger-done-release = The mail was handed on.
ledger-left = { $n ->
    [one] 1 mail was left as it is: somebody else was faster, or this can't be done with it.
   *[other] { $n } mails were left as they are: somebody else was faster, or this can't be done with them.
}
ledger-decided = Nothing was changed: somebody else decided about this mail meanwhile, or it went its way by itself. Open its page to see what it is now.
problem-no-mail-chosen = No mail is chosen. Tick one at least.
problem-mail-bytes-gone = The stored bytes of this mail are gone, so that nothing can be handed on.
problem-sender-may-not-start = The sender of this mail may not start groups here. Choose a group for it instead.
outcome-dropped = Dropped
ledger-dropped-by = { $name } dropped it
delivery-dropped = Dropped
ledger-mail = A mail that came in
ledger-mail-out = A mail that goes out
ledger-details = Details
ledger-group = Group
ledger-sender = From
ledger-receiver = To
ledger-source = Came in over
ledger-size = Size
ledger-message-id = Message-ID
ledger-purpose = What it is for
ledger-steps = What happened
ledger-original = Save the original
ledger-original-note = As it came, byte for byte. Each saving is noted in the audit log, and members of its group see it in their log.
ledger-original-none = The source did not hand over its bytes.
ledger-original-out-none = Its bytes are not kept, or not for you to see.
ledger-brought = Sent to members
ledger-brought-n = { $n ->
    [one] 1 mail brought it to members
   *[other] { $n } mails brought it to members
}
ledger-told = Its sender was told
ledger-told-draft = Its sender got the link of the draft
ledger-messages-in = { $n ->
    [one] 1 message of the group
   *[other] { $n } messages of the group
}
step-came-in = Came in over { $source }
step-sorted = Sorted
step-addressee = It came to the reply address of { $name }
step-became-message = Became message { $n } of “{ $topic }”
step-made = Written and put into the outbox
step-tried-waiting = Tried; the server put it off
step-tried-sent = The submission server took it
step-tried-failed = Tried; given up
step-tried-dropped = Dropped
step-server-said = The server said: { $words }
step-reported-delivered = A report came: its receiver's mail system has it
step-reported-handed-on = A report came: it was handed on to where no more is reported
step-reported-failed = A report came: it could not be delivered
step-reported-displayed = A receipt came: it was shown to its receiver
step-reported-declined = A receipt came: its receiver does not say whether they have read it
step-reported-nothing = A report came that says nothing final
step-report-of = The mail out that it is about
step-report-is = The report itself
step-run-again = { $name } had it sorted again. Before, it was: { $was }
step-retried = { $name } had it tried again
step-dropped = { $name } dropped it
step-released-group = { $name } handed it to a group
step-released-draft = { $name } handed it on as a draft
step-now = Now
release = Hand it on
release-text = The mail becomes a message of a group although it was not used. It is shown as “not confirmed”, and the members see in the group's log that you did this. A mail that can't be opened comes as a file.
release-group = To the group { $topic }
release-topic = To a group, by its topic
release-choose = Find the group
release-draft = As a draft of its sender's
purpose-sign-in = Sign in
purpose-draft-ready = A draft is ready
purpose-group-link = Invitation to a group
purpose-messages = Messages of a group
purpose-answer = An answer about a mail
purpose-reminder = Reminder to read
purpose-share = A share
purpose-trial = Trial of an address
purpose-readers = Who has read a mail
purpose-alert = For admins: what is wrong
own-troubles = Mails that did not arrive
own-troubles-text = Of the last 30 days, yours alone.
own-not-taken = Your mails that were not taken
own-not-received = Mails to you that did not go out
own-not-received-text = You can read all of it on the group's page. If mails to you keep failing, tell whoever looks after your mailbox.
own-set-aside = It could not be opened and waits for the admins, who can hand it on. If it is urgent, write it on the group's page.
own-dropped = The admins set it aside for good. If it matters, write it on the group's page.
own-todo-again = What to do: write to the group again, from the address that the group knows, or on its page.
own-todo-later = What to do: send it again in an hour, or write it on the group's page.
own-todo-small = What to do: put large files on the group's page instead, and send the rest.
own-todo-member = What to do: ask an owner of the group to add you.
own-todo-page = What to do: if you want to say it to the group, write it on its page.
audit-original-saved = Saved the original of a mail
audit-mails-run-again = Ran mails again
audit-mails-retried = Tried mails again
audit-mails-dropped = Dropped mails
audit-mail-released = Handed a mail on that was not used
audit-mails-n = { $n ->
    [one] 1 mail
   *[other] { $n } mails
}
ignored-automatic = No person wrote it; a program did.
ignored-loop = A program wrote it: a mail of ours came back, or each mail of ours is answered at once.
ignored-duplicate = The same mail came before.
ignored-repeated = Its sender wrote the same to this group within the last hour.
ignored-report = It is a report about a mail we sent.
ignored-not-a-member = It was written to a group by somebody who has no part in it.
ignored-departed = Its sender has left the organisation, as its directories say: whoever is marked as departed does not speak in groups.
ignored-taken-back = It was written to a group by somebody who had been added to it by mistake.
ignored-no-such-group = The group it was written to does not exist any more.
ignored-not-allowed = Its sender may not start groups here.
ignored-too-many = Its sender wrote more mails within an hour than are taken.
ignored-too-many-people = It names more people than a group can have (500).
ignored-too-large = It is larger than is taken here.
ignored-empty = It has neither text nor files.
ignored-own-letter = It answers or forwards a mail that mailmoot itself wrote, and is for no group.
ignored-share-recalled = It answers a share that was taken back.
ignored-claim-unclear = It answers the question whose an address is, but neither with yes nor with no, or not from who was asked, or too late.
ignored-not-confirmed = It is a word for mailmoot, but nothing confirms that the member wrote it.

## Mail desk (only in the demo)
desk-lead = This page is only in the demo. It holds the mailbox of every invented person. Read what mailmoot sent them, answer as one of them, or sign in as them.
desk-gateway = Forward a mail to this address, or put it in Cc:
desk-mails = mails
desk-sign-in = Sign in
desk-note = You read the mailbox of an invented person. What you send goes the way of a real mail.
desk-sent = Sent. What comes of it is here or on the pages of mailmoot within a few seconds.
desk-write = Write a mail
desk-empty = This mailbox is empty.
desk-as-text = As text
desk-reply = Reply
desk-reply-all = Reply to all
desk-forward = Forward to mailmoot
desk-send = Send
from = From
to = To
cc = Cc
date = Date
files = Files
subject = Subject
text = Text

## Mails
mail-hello = Hello { $name },
mail-hello-nobody = Hello,
mail-personal-link = This link is only for you: it opens the page in your name. Please do not pass this mail on.
mail-link-instead = If the button does not work, open this address:
mail-file-attached = { $name } ({ $size }), attached
mail-attached = attached
mail-files = Files
mail-file = { $name } ({ $size })
mail-more-members = { $n ->
    [one] and { $n } more
   *[other] and { $n } more
}
mail-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}

mail-sign-in-title = Sign in to mailmoot
mail-sign-in-lead = You asked to sign in. Press the button in the browser in which you asked.
mail-sign-in-lead-text = You asked to sign in. Open this link in the browser in which you asked:
mail-sign-in-button = Sign in
mail-sign-in-code = Are you signing in on another device? Type this code there:
mail-sign-in-minutes = { $n ->
    [one] Link and code work for { $n } minute.
   *[other] Link and code work for { $n } minutes.
}
mail-sign-in-ignore = You did not ask for this? Then ignore this mail: without it nobody gets in. Never tell anybody the code.
mail-departed-ignore = This mail came because somebody, most likely you, asked to sign in with your address. You did not ask for it? Then nothing is to be done.

mail-draft-title = Your group is ready to be confirmed
mail-draft-preview = Look at the people and the topic, then confirm. Nobody else has been told yet.
mail-draft-lead = We read your mail and prepared a group from it. Nobody else has been told yet.
mail-draft-next = Open the draft and change people, topic and the first message as you like. The others get their link only when you confirm.
mail-draft-next-text = Open the draft here:
mail-draft-button = Open the draft
mail-draft-why = You get this mail because you sent a mail to { $gateway }. If you do not want a group, do nothing, or discard the draft on its page.

mail-invitation-title = { $inviter } invites you to a discussion
mail-invitation-lead = { $inviter } invites you to discuss this:
mail-invitation-button = Open the discussion
mail-invitation-link = Open the discussion:
mail-invitation-reply = No time for another page? Just reply to this mail; the group reads your answer.
mail-invitation-days = { $n ->
    [one] The link works for { $n } day. After that, sign in with your mail address.
   *[other] The link works for { $n } days. After that, sign in with your mail address.
}
mail-invitation-members = In this group
mail-invitation-opening = The first message
mail-invitation-why = You get this mail because { $inviter } made you a member of this group.

mail-messages-earlier = { $n ->
    [one] { $n } earlier message is not shown here.
   *[other] { $n } earlier messages are not shown here.
}
mail-messages-read-earlier = Read on the page
mail-messages-reply = Reply to this mail to answer in the group.
mail-messages-open = Open the discussion
mail-messages-link = Open the discussion:
mail-messages-fewer = You get no mails about what you read on the page.
mail-messages-daily = { $n ->
    [one] One new message since your last daily mail.
   *[other] { $n } new messages since your last daily mail.
}
mail-tasks = For you to do
mail-task = { $by } asks you to do this:
mail-task-due = { $by } asks you to do this by { $day }:
mail-task-origin = From what { $author } wrote, { $when }
mail-task-open = Open it
mail-changes = Changed since the last mail
mail-change-edited = { $author } corrected the message of { $when }. It now says:
mail-change-moved = Moved to another group: a message by { $author } of { $when }.
mail-change-removed = Removed: a message by { $author } of { $when }.
mail-quoted = Earlier messages, for reference
mail-often = Choose how often, and when, mails of this group come.
mail-often-text = Choose how often mails of this group come:
mail-often-words = Or reply with one word: mute, daily, leave or help.

mail-answer-title = Your mail could not be used
mail-answer-lead = Your mail “{ $subject }” has arrived, but mailmoot could not use it.
mail-answer-what-helps = What you can do
mail-answer-not-a-member = You wrote to a group of which you are not a member. Nobody in the group has seen your mail.
mail-answer-not-a-member-help = Are you a member? Then write from the address at which you get the mails of the group. If not, ask a member to add you, then send your mail again.
mail-answer-departed = The organisation’s address book says that you have left. Nobody in a group has seen your mail.
mail-answer-departed-help = If that is wrong, ask the people who look after the address book. Once you stand in it again, send your mail again.
mail-answer-taken-back = You had been added to a group by mistake, and that was taken back. Nobody in the group has seen your mail.
mail-answer-taken-back-help = There is nothing for you to do. If you think that you do belong there, ask whoever had added you; the invitation names them.
mail-answer-no-such-group = The group you wrote to does not exist any more, or its address is no longer valid.
mail-answer-no-such-group-help = To begin a new group, forward the mail thread to { $gateway }.
mail-answer-not-allowed = With your address you can't start groups here.
mail-answer-not-allowed-help = Ask your administrator to allow it, or ask a colleague who may start groups to forward the mail to { $gateway }.
mail-answer-too-many = Within one hour you sent more mails than are taken from one person.
mail-answer-too-many-help = Wait an hour, then send your mail again.
mail-answer-too-many-people = Your mail names more people than a group can have.
mail-answer-too-many-people-help = Send it again to { $gateway }, with fewer people in To and Cc. When the group is there, its members can still add some.
mail-answer-too-large = Your mail is larger than mails may be here.
mail-answer-too-large-help = Send it again without the large files. You can add files on the page of the group.
mail-answer-empty = We found neither a text of yours nor a file in it.
mail-answer-empty-help = Write your text above the quoted mail, then send it again.
mail-answer-own-letter = It answers or forwards a mail that mailmoot itself wrote, such as the link to a draft or an invitation. That begins no group.
mail-answer-own-letter-help = To write to a group, reply to one of its mails. To change a draft, open its link. To begin a new group, forward a mail that a person wrote to { $gateway }.
mail-answer-share-recalled = You answered a share that its sender has taken back since. Nobody in the group has seen your answer.
mail-answer-share-recalled-help = Write to the person who sent it to you, at their own address.
mail-answer-claim-unclear = It answers our question whether an address is yours, but we could not make out a yes or a no, or it did not come from the address at which we asked.
mail-answer-claim-unclear-help = Reply with the one word yes or no from the address at which you got the question, or follow the link in it.
mail-answer-not-confirmed = It has only one word, which tells mailmoot to do something. Mailmoot does so for members alone, and could not make out that a member wrote it. Nobody in the group has seen it.
mail-answer-not-confirmed-help = Reply to a mail of the group from the address at which you get it, or follow the link below the mail. If you meant to say something to the group, write a few words more.
mail-answer-other-help = Ask your administrator. What became of the mail stands in the ledger.
mail-answer-why = A program wrote this answer to your mail to { $gateway }.

## Address books

directory-line = Line { $line }: { $words }
directory-line-of = Line { $line } ({ $who }): { $words }
directory-bad-photo = the picture cannot be shown: it is no JPEG, PNG, GIF or WebP, is broken, or has more than 12 MB or 25 million points. This person is taken without it.
directory-photos-elsewhere = pictures that lie at an address elsewhere: { $value }. Nothing is fetched from there: these people are shown by their initials.
directory-photos-unread = pictures could not be read there ({ $value }); those that are known stay. Look at photo_attributes; without names there, no pictures are read.
directory-no-address = there is no mail address. This person is left out.
directory-bad-address = “{ $value }” is no mail address.
directory-bad-row = this row cannot be read. Its quotation marks do not fit.
directory-bad-letters = { $n ->
    [one] letters here can’t be read, and are left out.
   *[other] letters here, and in { $n } lines altogether, can’t be read, and are left out.
} Export it again as UTF-8, and take that file.
directory-swallowed = a quotation mark is too many here, or is never closed: { $n } lines were read as one value, and whoever stands in them is missing. Mend it, and take the file again.
directory-cut-off = this vCard has no end (END:VCARD). It is left out.
directory-bad-card = this vCard cannot be read. It is left out.
directory-too-many = a file can hold { $limit } people. Everybody from here on is left out; import them as another file.
directory-same-person = is the same person as in line { $line }, by the main mail address. What this line says counts; of the other one only its mail addresses are kept too.
directory-address-of-other = the address { $value } stands in line { $line } already, and stays with that person.
directory-empty = The file is empty.
directory-too-large = The file is too large. An address book can have { $limit } MB; import it in parts.
directory-no-address-column = This is neither a vCard file nor a CSV file whose first line names the columns: no column of mail addresses was found. Its first line is: { $columns }. Name that column “mail”.

## mailmoot check
check-public-url = Pages: links begin with { $url }
check-saw-url-here = only this machine can open them
check-saw-url-plain = the connection is not protected
check-advice-url-here = Set server.public_url to the address that people’s browsers can reach.
check-advice-url-plain = Put a web server with TLS before mailmoot and set server.public_url to its https:// address.
check-sqlite = Database: open { $path }
check-postgres = Database: open PostgreSQL
check-advice-database = The folder must be writable for the user that mailmoot runs as. For PostgreSQL, check host, user, password and database name in database.url.
check-saw-url-other = something else answers there (HTTP { $n })
check-saw-url-nobody = nobody answers there: { $why }
check-advice-url-other = Let the web server at that address pass everything on to server.listen, and run "mailmoot serve".
check-advice-url-nobody = Is "mailmoot serve" running? Is the name known, the port open, the certificate right? If this machine may not reach its own public address, look from another one.
check-files = Files: write into { $path }
check-saw-room = { $n } MB are free
check-advice-files = The folder must be writable for the user that mailmoot runs as, and have room.
discover-hint = “mailmoot discover ADDRESS” finds the servers of a mail address and prints these settings.
discover-no-address = “{ $address }” is no mail address. Expected: one such as moot@corp.example.
discover-nothing = No servers were found for { $domain }: it has no SRV records and no autoconfig file for mail programs, its mail goes to no provider that is known here, and nothing answers under the usual names. Ask whoever runs the mail system for the names of the IMAP and the SMTP server.
discover-unanswered = No name server answers, so it is not known which servers { $domain } has. Look at the network of this machine, and at dns.servers.
discover-missing = Not found. Ask whoever runs the mail system.
discover-by-srv = From the SRV records of the domain.
discover-by-file = From { $place }.
discover-by-hoster = The mail of the domain goes to { $name }.
discover-by-name = A server answers under this usual name.
discover-abroad = This server lies outside of { $domain }: take it only if you know it as your provider’s.
check-all-well = Everything works.
check-some-failed = { $n ->
    [one] One step failed.
   *[other] { $n } steps failed.
}
check-find = { $protocol }: find { $host }
check-connect = { $protocol }: connect to { $host }, port { $port }
check-protect = { $protocol }: agree on the protection ({ $security })
check-login = { $protocol }: sign in as { $user }
check-no-login = { $protocol }: go on without a login
check-folder = IMAP: open the folder { $folder }
check-dkim = DKIM: find the key of our signature at { $name }
check-dsn = SMTP: be told when a mail has arrived (DSN)
check-size = SMTP: the largest mail it takes
check-message-id = Our mails keep their name (Message-ID)
check-headers = Headers of ours come through
check-clock = The clock of this machine agrees with the mail server’s
check-offers = IMAP: what else the server offers
check-saw-no-offers = no extension that matters here
check-mailbox-room = IMAP: room in the mailbox
check-saw-no-quota = the server tells of no limit
check-saw-quota = { $used } of { $limit } MB are used
check-advice-mailbox-room = A full mailbox takes no mails: answers go back to their authors. Give the account more room, or move old mails out of it: mailmoot keeps what it has read.
check-idle = IMAP: be told of new mail at once (IDLE)
check-maildir = Maildir: open { $path }
check-provider-find = Sign-in { $provider }: find { $url }
check-provider-issuer = Sign-in { $provider }: is called { $issuer }
check-provider-clock = Sign-in { $provider }: has the same time
check-provider-keys = Sign-in { $provider }: publishes keys for its signatures
check-provider-client = Sign-in { $provider }: knows mailmoot
check-provider-mailbox = Sign-in { $provider }: scopes for people’s own mailboxes ({ $scopes })
check-saw-scopes-listed = the provider lists them
check-saw-scopes-unlisted = the provider’s own list of scopes lacks { $scopes }; such lists need not be whole. Sign in there and open Threads, “From your mailbox”, to be sure
check-saw-scopes-no-list = the provider does not list its scopes. Sign in there and open Threads, “From your mailbox”, to be sure
check-saw-issuer = it calls itself { $issuer }
check-saw-clock = its clock and the one here are { $n } s apart
check-saw-no-keys = it publishes no key for signatures
check-saw-client = id and secret are taken
check-advice-provider-find = Look whether provider.….issuer is what the provider writes, without “/.well-known/…”; open the address above in a browser on this machine. For a certificate of your own authority set provider.….ca_file.
check-advice-issuer = Set provider.….issuer to exactly { $issuer }, if that is the provider you mean.
check-advice-clock = Set both clocks by the network time (NTP). With different times, tokens have run out before they come.
check-advice-provider-keys = The description and the keys that it names have to be there in JSON, by https://. Ask the people who look after the provider.
check-provider-back = Sign-in { $provider }: sends browsers back to { $url }
check-saw-back-closed = it stops there, as with an address that is not registered (HTTP { $n })
check-saw-back-faulty = it sends them back with an error: { $why }
check-saw-back-unsaid = it shows a page of its own instead, which may be a sign-in or a refusal
check-advice-back-closed = Register { $url } at the provider as a redirect URI of this client, letter by letter: with https:// or http:// and the port as here, without a slash at the end. If another address should stand there, set server.public_url.
check-advice-back-faulty = The address is registered, but nobody gets in with such a request. Compare provider.….scopes with what the client may ask for there, and look whether it may use the authorization code flow.
check-advice-back-unsaid = From here it cannot be seen whether the address is registered there. Look it up at the provider: { $url }, letter by letter; then sign in once.
check-advice-client = Compare provider.….client_id and client_secret with what the provider shows for mailmoot, and enter { $url } there as the redirect URI. A public client without a secret has none here either.
check-token = OAuth: get an access token from { $url } { $way }
check-token-refresh = by the refresh token (client { $client })
check-token-client = for the client { $client } itself
check-saw-token-end = it holds until { $time }
check-saw-token-no-end = the provider does not say how long it holds
check-saw-token-scopes = good for { $scopes }
check-saw-token-refused = the provider says: { $why }
check-saw-no-token = there is no access token: { $why }
check-saw-no-token-login = the server offers neither OAUTHBEARER nor XOAUTH2 here
check-advice-token-away = Is oauth.token_url right, and may this machine reach it? For a certificate of your own authority set oauth.ca_file.
check-advice-token-address = oauth.token_url has to be the provider’s token address, letter by letter; its description (“/.well-known/openid-configuration”) has it as token_endpoint.
check-advice-token-client = Compare oauth.client_id and oauth.client_secret with what the provider shows. Secrets run out there: make a new one if its day has passed, and enter its value, not its id.
check-advice-token-grant = The refresh token has run out, was withdrawn, or is of another client. Sign the mail account in at the provider once more, agree to the access, and set the new token as oauth.refresh_token.
check-advice-token-scope = The provider does not know oauth.scope, or does not give it to this client. Compare it with the permissions that the client has there.
check-advice-token-way = The provider does not let this client get tokens in this way. Allow it there; or set oauth.refresh_token for a client that acts for a signed-in account, and leave it out for one that acts for itself.
check-advice-token-refused = The provider’s words say why. Its sign-in log knows more.
check-advice-token-lacks = The provider left out { $scopes }. Give the client these permissions there, and agree to them once more; the mail server may refuse the token without them.
check-advice-token-login = The provider gave a token, but the mail server does not take it for { $section }user. Look whether oauth.scope is the one for IMAP and SMTP, whether the client may use this mailbox (Exchange Online: its service principal with full access to the mailbox), and whether IMAP or SMTP AUTH is switched on for it.
check-advice-no-token-login = Set { $section }auth = "password" if this server knows no tokens, or take the port and protection where it offers them.
check-advice-no-token = First set right what is told of the token.
check-replies = Answers to { $address } come in
check-round-trip = A mail to { $address } comes in
check-saw-unknown-host = no server has this name: { $why }
check-saw-unreachable = nobody answers on this port: { $why }
check-saw-timeout = no answer in time
check-saw-certificate = the certificate cannot be trusted: { $why }
check-saw-handshake = TLS failed: { $why }
check-saw-no-starttls = the server offers no STARTTLS here
check-saw-plain-abroad = the password would go through the network unprotected
check-saw-greeting = this is not the greeting of a mail server: { $why }
check-saw-ca-file = these certificates cannot be read: { $why }
check-saw-lost = the connection was lost: { $why }
check-saw-reply = the server says: { $why }
check-saw-no-uids = the server does not number its mails
check-saw-not-offered = the server does not offer it
check-saw-no-login = the server offers no login here
check-saw-no-utf8 = the server takes no addresses with letters beyond ASCII
check-saw-certificate-end = the certificate holds until { $day }
check-saw-size = { $n } MB
check-saw-no-limit = it names no limit
check-saw-message-id = it was changed into { $id }
check-saw-headers = gone on the way: { $names }
check-saw-mail-clock = { $n } minutes apart
check-saw-not-tried = not tried
check-saw-arrived = after { $n } s
check-saw-not-arrived = sent, but not there after { $n } s
check-saw-long-address = the part of the address before the @ is too long
check-advice-host = Is { $section }host spelled right? The name must be known to the name service of this machine.
check-advice-port = Is { $section }port right? Usual are { $tls } with { $section }security = "tls" and { $starttls } with "starttls". A firewall between this machine and { $host } may also be in the way.
check-advice-certificate-issuer = Nobody whom this machine trusts has signed the certificate; the name is not the point. If your organisation has a certificate authority of its own, put its certificate (PEM) into a file and name that in { $section }ca_file. If a public one has signed it, let the server send the whole chain of certificates. If neither is so, somebody may be in between.
check-advice-certificate-time = Renew the certificate of { $host }, or ask who runs that server to. If it should hold, look at the clock of this machine.
check-advice-certificate = The certificate must be made out to { $host }. If it names another host, set that as { $section }host. If it comes from a certificate authority of your own, name its file in { $section }ca_file.
check-advice-try-starttls = This port seems to begin without TLS. Set { $section }security = "starttls" (usual port { $starttls }), or take the port for TLS (usually { $tls }).
check-advice-try-tls = This port seems to want TLS from the first byte, or is not for { $protocol }. Set { $section }security = "tls" (usual port { $tls }), or take the port for STARTTLS (usually { $starttls }).
check-advice-handshake = The server and mailmoot found no common TLS version or method; mailmoot speaks TLS 1.2 and 1.3. Bring the server up to date.
check-advice-plain-abroad = { $section }security = "none" is only for a server on this machine. Set it to "tls" (usual port { $tls }) or "starttls" (usual port { $starttls }).
check-advice-ca-file = { $section }ca_file must be a readable file with certificates in PEM form (“-----BEGIN CERTIFICATE-----”).
check-advice-login = Check { $section }user and { $section }password. Many servers want the whole address as user name, some only the part before the @. Accounts with two-step sign-in need a password for applications.
check-advice-no-login = Take another port or protection; many servers offer the login only after TLS. For a server that needs none, set { $section }user = "".
check-advice-later = This may pass; try again. If it stays, look into the server’s log.
check-advice-folder = Write imap.folder as your mail program shows it, with capital letters as there. Folders in folders are joined by “/” or “.”, depending on the server.
check-advice-no-uids = mailmoot cannot remember its place in such a folder. Ask the maker of the server for UIDVALIDITY (RFC 9051).
check-saw-dkim-none = There is no such record.
check-saw-dkim-other = It has another key: { $record }
check-saw-dkim-no-dns = The DNS could not be asked: { $why }
check-advice-dkim = Put this TXT record there: { $record }
check-advice-dkim-dns = Let this machine ask the DNS, or name the servers to ask in dns.servers. Until receivers find this TXT record there, they take our signature for a wrong one: { $record }
check-saw-unsigned = A mail could not be signed: { $why }
check-advice-unsigned = Look at mail.dkim_key. Nothing is sent unsigned.
check-advice-dsn = Receipts by mail then say only that a mail was sent, that it failed, or that a mail program showed it. That is all right.
check-advice-size = Mails with all files that mail.attach_up_to allows would be refused. Set it to { $n } MB or less.
check-advice-message-id = Answers still find their group by their reply address, and mailmoot learns the new names from them. Nothing has to be done; but with mail.replies = "single" some answers may begin a new draft.
check-advice-headers = Let the mail system leave these headers alone: by them answers find their group, and programs are told from people.
check-advice-mail-clock = Set the clocks by NTP. Until then messages by mail stand at the wrong time, and signatures and sign-in may be refused.
check-advice-idle = mailmoot looks for new mail every { $n } seconds instead. That is all right, only slower.
check-advice-may-not-send = Allow the account to send as mail.address and as its subaddresses.
check-advice-refused = The server’s words say why. Its log knows more.
check-advice-replies = Let the mail system deliver such addresses to the account: with Postfix “recipient_delimiter = +”, with Exchange plus addressing. Or set mail.replies to "catch_all" or "single".
check-advice-other-mailbox = The mailbox that is read is that of { $user }, and { $address } is another address: mail for it may arrive elsewhere. Let the mail system deliver mail for { $address } into the mailbox of { $user }, or set imap.user to the user whose mailbox gets it.
check-advice-not-arrived = The submission server took the mail, but it did not come in. Look for it in the mail system’s log and queue, in the account’s other folders and behind its filter rules.
check-advice-long-address = With the 27 characters of a reply address more than 64 would stand before the @, which mail does not allow. Take a shorter mail.address, or set mail.replies to "catch_all" or "single".
check-advice-maildir = The folder must belong to the user that mailmoot runs as, who must be able to write there.
check-advice-first-the-others = This needs the steps above to work.
files-of-mail = Files of the mails
lease-lost-to = { $name } is editing now, so your change was not saved.
problem-empty = Write something first.
problem-too-long = This is too long. The limit is { $n } characters.
problem-too-many = These are too many. The limit is { $n }.
error-guest = This is for people of the organisation
problem-guest = Only people of the organisation can start groups and look for people. Ask one of them to start it with you.
problem-too-many-people = This names more people than a group can have. The limit is { $n }.
problem-own-address = This is the address of mailmoot itself. Take the address of a person.
problem-nobody-there = Nobody in the demo has the address { $address }. The Mail desk lists everybody.
problem-departed = { $name } has left the organisation and can’t be added.
problem-nobody-to-take-back = That can’t be taken back any more: more than 15 minutes have passed, or everybody has written or left meanwhile. Owners remove members one by one.
problem-is-list = { $address } is the address of the list “{ $name }”, not of a person. Type it alone and choose the list below the field: you see its people before they are added.
problem-already-member = { $name } is already a member.
problem-file-gone = One of the files is not there any more. Add it again.
problem-forbidden = You may look at this, but not change it.

## Commands

cli-unreadable = The file cannot be read: { $why }
cli-no-file = There is no such file.
cli-file-forbidden = You may not read this file: run the command as somebody who may.
cli-file-folder = This is a folder. Name the file in it.
cli-database-failed = The database ({ $place }) cannot be used: { $why }
cli-folder-failed = { $setting } is “{ $value }”: no folder can be made there ({ $why }). Name a folder that mailmoot may write to.
cli-import-found = { $people ->
    [one] 1 person
   *[other] { $people } people
} found, { $problems ->
    [0] no problems
    [one] 1 problem
   *[other] { $problems } problems
}.
cli-import-more-problems = and { $n } more problems that are not listed.
cli-import-packed = This is a packed file (a zip, or a workbook of a spreadsheet program). Of an exported group: unpack it, and import the group.mbox in it. Of an address book: save it as CSV or vCard.
cli-reread-done = { $read } mails were read again: { $changed } messages say something else now. { $unreadable } mails could not be read.
cli-reread-would = { $read } mails would be read again, and { $changed } messages would say something else. { $unreadable } mails can't be read. Nothing was changed; --apply does it.
cli-import-done = The address book is up to date: { $added } added, { $updated } updated, { $unchanged } unchanged.
cli-import-would = Nothing was changed. An import would add { $added }, update { $updated } and leave { $unchanged } unchanged.
cli-admin-no-address = “{ $value }” is no mail address.
cli-admin-own-address = This is the address of mailmoot itself. Name the address of a person.
cli-admin-made = { $name } is an admin now.
cli-admin-withdrawn = { $name } is no admin any more.
cli-admin-not-withdrawn = Nobody who was made an admin with this command has the address { $address }. “mailmoot rights” lists them; who is one by a sign-in provider’s groups is taken out of the group there.
cli-auditor-made = { $name } is an auditor now: they read the mail ledger and the audit log.
cli-auditor-withdrawn = { $name } is no auditor any more.
cli-auditor-not-withdrawn = Nobody who was made an auditor with this command has the address { $address }. “mailmoot rights” lists them; who is one by a sign-in provider’s groups is taken out of the group there.
cli-rights-none = Nobody is an admin yet. “mailmoot admin ADDRESS” makes somebody one.
cli-rights-admin = admin
cli-rights-auditor = auditor
cli-rights-admin-by-provider = admin by a sign-in provider’s groups
cli-rights-auditor-by-provider = auditor by a sign-in provider’s groups
cli-unlink-nobody = Nobody in the address book has the address { $address }.
cli-unlinked = { $n ->
    [0] No account of a sign-in provider belonged to { $name }.
    [one] One account of a sign-in provider belongs to { $name } no longer, and what was signed in by it has ended. The next account with their checked address becomes theirs.
   *[other] { $n } accounts of sign-in providers belong to { $name } no longer, and what was signed in by them has ended. The next account of each with their checked address becomes theirs.
}
cli-admin-link = This link signs them in. It lasts { $days } days and belongs to the first browser that uses it:
cli-admin-link-hours = This link signs them in. It lasts { $hours } hours and belongs to the first browser that uses it:
cli-admin-link-minutes = This link signs them in. It lasts { $minutes } minutes and belongs to the first browser that uses it:
cli-admin-departed = { $address } is marked as departed: no directory has this person any more, and no link would let them in. Nothing was changed. Bring them back into the directory and read it again, or name another address: somebody whom no directory has ever had is let in at once.
cli-migrate-current = The database is up to date (version { $from }).
cli-migrate-behind = The database is at version { $from }, this mailmoot has { $to }. “mailmoot migrate” or the next “mailmoot serve” brings it up to date.
cli-migrate-made = The database is ready (version { $to }).
cli-migrate-done = The database was brought from version { $from } to { $to }.
cli-migrate-newer = The database was made by a newer mailmoot: its version { $version } is not known here. Use that mailmoot, or a newer one.
cli-migrate-changed = Version { $version } of the database is not the one this mailmoot knows, or was broken off. Nothing was changed. Restore a backup, or use the mailmoot that made it.
cli-unknown-option = There is no option “{ $arg }” here.
cli-too-much = “{ $arg }” is one too many: this command takes what stands before it and no more. Run it once for each.
cli-unknown-command = There is no command “{ $command }”.
cli-missing = Something is missing: { $arg }
cli-wrong-value = “{ $value }” cannot be used for { $arg }.
cli-see-help = “--help” tells what can be written here.
help = Turns a mail thread into a live discussion group, and a discussion back into mail
help-usage = Usage
help-commands = Commands
help-arguments = Arguments
help-options = Options
help-help = Shows this help
help-version = Shows the version
help-config = The configuration file [default: mailmoot.toml, if there is one here; or what MAILMOOT_CONFIG names]
help-serve = Serves the pages, fetches mail and sends it
help-demo = Starts an invented company to try everything with, no mail server needed
help-demo-listen = Where the pages are [default: 127.0.0.1:8080]
help-demo-data = The folder that keeps the demo [default: a new one, removed at the end]
help-demo-links = Also write the sign-in links into a file, as JSON
help-inspect = Tells what mailmoot understands of mails: one JSON object a line
help-inspect-files = Mails (.eml), mboxes, Maildirs or folders of them
help-inspect-threads = Show whole threads instead of single mails
help-inspect-own = An address that is the gateway’s own, so that it is no member of a thread
help-discover = Finds the servers of a mail address, and prints them as settings to begin with
help-discover-discovered = The address of mailmoot’s account
help-discover-dns = A name server to ask, such as 10.0.0.2:53; may be given several times
help-check = Tries everything that mailmoot needs, and says what is wrong and what to do
help-check-json = print the steps as JSON, for programs
help-import = Takes the people of address books, CSV with a header, vCard or LDIF, and groups that were exported as mbox
help-import-files = Files with the ending of your choice: what they are is told by their content
help-import-dry-run = Says what would be done, and changes nothing
help-admin = Makes somebody an admin and prints a link that signs them in
help-admin-address = Their mail address; they are added to the address book if they are not in it
help-admin-name = Their name, if they are added
help-admin-withdraw = Takes the right back instead
help-auditor = Lets somebody read the mail ledger and the audit log, and prints a link that signs them in
help-auditor-address = Their mail address; they are added to the address book if they are not in it
help-auditor-name = Their name, if they are added
help-auditor-withdraw = Takes the right back instead
help-rights = Tells who is an admin or an auditor, and by what
help-unlink = Forgets which accounts of sign-in providers are somebody’s, so that another one can become theirs
help-unlink-address = Their mail address
help-reread = Reads stored mails again by newer rules for what is an answer and what it quotes; says what would change
help-reread-apply = Changes it. Messages that people have edited stay as they are
help-migrate = Brings the database up to date (serve does it by itself)
help-migrate-status = Says how far the database is, and changes nothing
help-backup = Puts everything into one file, while mailmoot runs
help-backup-target = the new file; keep it as safe as the mails themselves
help-restore = Puts a backup back into an empty mailmoot, also into the other kind of database
help-restore-source = a file that mailmoot backup made
cli-backup-made = { $file }: { $rows } rows, { $files } files and the server’s key. Whoever has this file has everything: keep it safe.
cli-restored = { $rows } rows and { $files } files of { $at } are back. The search is ready some moments after the start.
cli-backup-is-there = { $file } is there already, and is not overwritten. Take another name.
cli-backup-file = { $file }: { $why }
cli-backup-not-whole = This is no whole backup of mailmoot: { $why }. Nothing was put back.
cli-backup-other-version = This backup was made by mailmoot { $version }, whose tables are others. Restore it with that version, and then start this one, which brings the tables up to date.
cli-backup-database = The database refuses: { $why }
cli-restore-in-use = There are people, mails, files or a server.key already, and nothing is overwritten. Restore into an empty server.data and an empty database.

## mailmoot demo (on the terminal)
demo-ready = The demo of mailmoot is ready: { $url }
demo-desk = The mailboxes of its people: { $url }
demo-links = Sign in as one of them. A link belongs to the first browser that opens it:
demo-steps = Try it in three steps:
demo-step-forward = 1. On the Mail desk open Anna Berg’s mail “Visit of Partner Logistics on Thursday” and forward it to { $gateway }.
demo-step-confirm = 2. Two seconds later Anna has a mail with a link. Open it, sign in, press “Edit”, change what you like, and make the group.
demo-step-answer = 3. On the Mail desk David Okafor has an invitation now. Reply to it, and see his words appear on the page of the group.
demo-not-kept = Ctrl-C ends the demo and removes everything. To keep it, give it a folder: --data FOLDER
demo-kept = Ctrl-C ends the demo. Everything stays in { $folder }.
demo-ends = The demo ends.
listen-taken = Another program listens at { $address } already. End it, or give { $setting } another port.
listen-elsewhere = { $address } is no address of this machine. Give { $setting } one of its own, such as 127.0.0.1.
listen-forbidden = Listening at { $address } is not allowed: ports below 1024 need a right (CAP_NET_BIND_SERVICE). Give { $setting } a higher port, behind a reverse proxy.
listen-failed = mailmoot can’t listen at { $address } ({ $setting }): { $why }
not-a-mail = One of the files is no mail. Save the mail as .eml in your mail program, and drop that file.
not-a-mail-empty = One of the files is empty. Save the mail once more, and drop that file.
not-a-mail-too-large = One of the mails is too large to be read. Save it without its attachments, or forward it to mailmoot.
not-a-mail-outlook = One of the files is an Outlook .msg file. Save the mail as .eml, or forward it to mailmoot.
not-a-mail-own = Mailmoot itself wrote this mail. Drop a mail that a person wrote.
not-a-mail-odd = One of the mails is built so oddly that it is not opened. Forward its text to mailmoot instead.

## Panels and settings
panels = Beside the discussion
members = Members
to-discussion = To the discussion
group-settings = About this group
group-about = The group
group-begun = Begun
settings = Settings
settings-you = You
settings-you-lead = This is how the address book has you. Whoever keeps it can correct it.
settings-looks = Language and looks

## A group from a group
family = Family of groups
family-groups = Groups that belong together
family-this = (this one)
family-lead = Only groups that you are in are shown.
family-thread = The mail thread it came from
spin-off = Go on in a new group
spin-off-lead = The new group begins with the same members and the messages that you choose, and with nothing else of this one. You can change everything before it is made.
spin-off-group = New group from this one
spin-off-these = New group from these
choose-messages = Choose messages
choose-message = Choose the message of
chosen-count = # chosen
chosen-heading = Messages that come along
chosen-from = From
chosen-lead = Each is marked with where it comes from. Nothing else of that group comes along.
chosen-none = No messages come along.
taken-from = from
spun-off-from = it goes on from
problem-too-many-chosen = A new group can begin with { $n } messages at most. Choose fewer of them.
mail-sent-by = sent by { $name }
mail-moved-here = moved here by { $name }
mail-taken-from = from “{ $topic }”

## Search
search-all = Search all messages
search-in-group = Search in this group
search-hint = Words, or from:name
search-lead = All words must be in a message or in the name of a file of it. Some things can be asked for by name:
search-eg-words = budget meeting
search-eg-words-text = Messages with both words. “budget” finds “budgets”, too; accents and capitals do not matter.
search-eg-quoted = "second round"
search-eg-quoted-text = The words side by side, and not longer.
search-eg-from = from:"Anna Berg"
search-eg-from-text = What somebody wrote, by name or mail address. Your own: from:me
search-eg-has = has:picture
search-eg-has-text = Messages with a picture. Also: has:file, has:link
search-eg-tag = tag:decision
search-eg-tag-text = What was marked with a tag: the message, or anything in it. A group’s own: tag:"next steps"
search-eg-file = file:offer
search-eg-file-text = Messages with a file of this name.
search-eg-in = in:budget
search-eg-in-text = Only in groups with this in their topic.
search-eg-after = after:2026-11 before:2026-12
search-eg-after-text = From a day on, or until before one. A month or a year will do as well.
search-eg-on = on:yesterday
search-eg-on-text = One day: also today, or 2026-11-20.
search-none = Nothing found.
search-none-such = Nothing found for these filters.
search-none-text = Try fewer words, or only the beginning of one.
search-everywhere = Search in all groups
search-found = { $n ->
    [one] 1 message found
   *[other] { $n } messages found
}
search-newest-found = The newest { $n } messages
search-more-found = { $n ->
    [one] 1 more message
   *[other] { $n } more messages
}
search-older = Older results
search-no-filter = “{ $typed }:” is no filter, and was searched for as a word. Filters are from, has, tag, file, in, on, before and after.
search-no-value = “{ $filter }:” still needs what it is to look for, without a space between.
search-no-day = “{ $typed }” is no day, and was left out. Write a day as 2026-11-20, a month as 2026-11, or today or yesterday.
search-no-thing = A message can’t have “{ $typed }”, so that was left out. It can have a file, a picture or a link.
search-no-words = There are no letters or digits in this; signs are not searched for.
search-no-group = None of your groups has this in its topic.
search-cut = Only the first { $n } letters were searched for.
search-too-many = Only the first { $n } words and filters were used.
search-too-slow = This search took too long, and was stopped. Add a word that is rarer, a name, or a time such as after:2026-11.
search-preparing = Older messages are being prepared for the search. Not all of them can be found yet.
problem-too-fast = That was too fast. Wait for some seconds, and search again.

## The Marks page
marks = Marks
marks-everywhere = Marks of all groups
marks-count = { $n ->
    [one] 1 mark
   *[other] { $n } marks
}
marks-filter = Filter
marks-narrowed = Shown are only these
marks-without = Not only:
marks-all = Show all marks
marks-group-by = Group by
by-day = Day
by-week = Week
by-month = Month
by-type = Type
by-topic = Topic
by-tag = Tag
marks-time = Time
marks-type = Type
marks-tag = Tag
marks-topic = Topic
marks-by = Marked by
marks-task = Actions
marks-assignee = Who is to do it
marks-group = Group
marks-texts = Texts
marks-links = Links
marks-pictures = Pictures
marks-attachments = Attachments
marks-open = Open
marks-mine = Mine, open
marks-overdue = Overdue
marks-done = Done
marks-range = From … until …
marks-from = First day
marks-until = Last day
marks-show = Show
marks-more = More marks
marks-none = Nothing is marked here yet.
marks-none-anywhere = Nothing is marked in your groups yet.
marks-none-text = Mark a message, some words of it, a file or a link in a discussion as a decision, an action, a question or what you like. It is found here, by time, type and topic.
marks-none-such = No mark fits these filters.
marks-no-topic = Without a topic
somebody = Somebody
marks-marked-by = Marked by
marks-edited-since = Edited since
marks-lost = No longer in the message
marks-now = What it says now
marks-who = To do by
marks-due = due
marks-is-overdue = overdue
marks-done-by = done by
marks-tick = Done
marks-untick = Not done yet
marks-change = Change
marks-choose = Choose
marks-choose-all = Choose all on this page
marks-share-in-group = To share marks, choose their group.
marks-share-all = Share all of these
marks-share-chosen = Share what is chosen
views = Saved views
view-keep = Save this view
view-name = Name
view-remove = Remove this view
print = Print
this-week = This week
this-month = This month
format-date = %-d %B %Y
format-day-of-year = %-d %B
format-month = %B %Y
weekday-and-date = { $weekday }, { $date }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
week-heading = Week { $n }: { $days }
from-until = { $from } – { $until }
from-date = from { $date } on
until-date = until { $date }

## Files
file = File
download = Download
to-message = To the message
copy-digest = Copy the digest
file-goes-on = This is the beginning. Download the file to read all of it.
file-size = Size
file-type = Type
file-brought = Brought
file-used-in = Used in
files-kind = Kind
files-all = All kinds
files-pictures = Pictures
files-documents = Documents
files-recordings = Audio and video
files-others = Others
files-person = Person
files-everybody = Everybody
files-since = From
files-until = Until
files-show = Show
files-none = No files yet. Add one to a message, by mail or here, and it stays in this list.
files-none-such = No such files. Ask for another kind, person or time.
files-older = Older files
upload-waits = Waits for the connection
problem-empty-file = This file is empty. If it is a folder, pack it into one file first.
problem-forbidden-file = Files of the kind .{ $ending } are not taken here, since they can run as programs. Ask your administrator for another way.

## Notices
notices = Notices
notices-lead = A notice tells you of a new message while no page of its group is in sight. Mail goes out as ever to whoever has not read a message by then.
push-needs-script = Notices need a browser that runs scripts.
push-insecure = This browser gives notices only to pages that come by https. Ask whoever runs mailmoot for its https address.
push-unsupported = This browser can’t show notices.
push-home-screen = On an iPhone or iPad, first put mailmoot on the home screen (Share, then “Add to Home Screen”), and open it from there.
push-blocked = This browser blocks notices of this site. Allow them in the site settings, beside the address, and load this page anew.
push-on = Show notices in this browser
push-is-on = Notices are shown in this browser.
push-failed = The browser could not switch notices on
push-switched-off = Whoever runs mailmoot has switched notices off. New messages come by mail.
push-body = { $author }: { $words }
push-hidden = There is a new message for you.
notice-devices = Browsers that show notices
notice-since = Since
notice-remove = Switch off
quiet-hours = Quiet hours
quiet-hours-on = No notices in these hours, not even when somebody names me
quiet-mails = Hold back mails of groups in these hours, too
quiet-mails-lead = They come when the hours are over, without what you have read on the page by then. The same time twice holds nothing back.
quiet-from = From
quiet-until = Until
quiet-zone = Time zone
notice-contents = Show what the message says
notice-contents-lead = Otherwise a notice tells only that there is a message: good where others see your screen.
notices-of-group = Notices for this group
notices-usual = As usual: { $what }. In groups of more than { $n } people, only messages that name me.
notices-all = All messages
notices-mentions = Only messages that name me
notices-none = None
notices-all-groups = Notices in all groups
problem-no-push-service = The push service that this browser names can’t be used.
problem-no-time = These are no hours. Write two different times of day, such as 22:00 and 07:00. Nothing was changed.
problem-no-zone = There is no time zone of this name. Names look like Europe/Stockholm.
config-expected-yes-no = true or false
config-expected-name-servers = a list of name servers by their IP addresses, with a port where it is not 53, such as ["10.0.0.2", "127.0.0.1:5353"]
config-expected-servers = a list of servers by the names they write, such as ["mx.corp.example"]
install-description = Discussions out of mail threads, and back into mail
qr-code = QR code
qr-code-of = QR code of the link
qr-code-lead = It holds the link of this group and nothing personal: only members get in.

## Exports
exports = Export
exports-short = Take everything you see of this group along as a file.
export-open = Export the group
exports-lead = Everything you see of this group, as it is when you ask, in a file of your own. Nobody else can fetch it, and it is deleted after a week. The group's log says that you did.
export-mbox = For mail programs (mbox)
export-mbox-lead = Every message is a mail from its author, with its files; a mail program shows them as one thread. An admin can make the same group of it again.
export-zip = To read and keep (zip)
export-zip-lead = Pages for any browser, the files, the group as JSON for other programs, and the mbox.
export-make = Make the file
export-anew = Make it anew
export-running = { $written } of { $total } messages
export-messages = { $n ->
    [one] 1 message
   *[other] { $n } messages
 }
export-reload = Load this page again to see how far it is.
export-download = Download
export-made = As it was on
export-kept = deleted on
export-failed = The file could not be made.
export-problem-disk = The server could not write it: perhaps its disk is full. Tell your admin, or try again later.
export-problem-not-member = You were no member of this group any more.
export-problem-broken = A message could not be written into it. Tell your admin: the server's log says why.
problem-nothing-to-export = There is no message in this group yet that you could export.
notice-exported-mbox = { $author } exported the group for a mail program
notice-exported-zip = { $author } exported the group as a zip file
export-page-lead = As it was on { $at }. All times are those of { $zone }.
export-page-messages = Messages
export-page-more = More
export-page-mbox = for mail programs
export-page-json = for other programs
export-page-index = Overview
export-page-before = Earlier
export-page-after = Later
export-page-edited = edited { $at }
export-page-taken = Taken along from { $topic }, { $at }
export-page-removed = Removed by { $name }, { $at }
export-page-quotation = Quoted text
export-page-lost = (lost)
cli-group-read = { $name }: { $topic }, { $messages ->
    [one] 1 message
   *[other] { $messages } messages
}, { $people ->
    [one] 1 person
   *[other] { $people } people
}, { $files ->
    [one] 1 file
   *[other] { $files } files
}, { $marks ->
    [one] 1 mark
   *[other] { $marks } marks
}
cli-group-would = Everything in it is in order. Nothing was changed (--dry-run).
cli-group-done = The group is there, with { $members ->
    [one] 1 member
   *[other] { $members } members
}. Nobody was sent a mail about it.
cli-group-left-out = { $n ->
    [one] 1 more member of the file is
   *[other] { $n } more members of the file are
} none here, because of policy.outside_members, or because they have departed. What they said is there, under their name.
cli-group-there = This group is here already. Nothing was changed.
cli-group-members = The group has no member with a usable address, or none who may be a member here.
cli-group-too-many = The group has more than { $limit } members.
cli-group-at = Mail { $mail }, line { $line }
cli-group-no-mbox = This is no mbox: there is no line "From ..." where a mail should begin.
cli-group-foreign = This mbox was not exported by mailmoot, or another program took its headers away ({ $header } is missing). Only such files can become groups again.
cli-group-other-version = This file was exported by another version of mailmoot.
cli-group-header = The header { $header } cannot be read.
cli-group-too-long = A line or a part of the mail is too long.
cli-group-broken = The mail ends in the middle: the file is damaged or was cut off.
cli-group-other-text = The text of this mail is not the one that was exported.
cli-group-other-file = The contents of the file { $name } are not those that were exported.
cli-group-missing = Message { $number } is missing: the file is damaged or was cut off.
cli-group-contradiction = The mail contradicts itself: { $what }.
cli-odd-more-files = it holds more files than it names
cli-odd-no-base64 = a file in it is not in base64
cli-odd-same-message = two messages have one id
cli-odd-answers-later = it answers a message that does not come before it
cli-odd-too-large = it is larger than a message can be
cli-odd-tags = the group has too many tags, two of one name, or one that cannot be
cli-odd-same-mark = two marks have one id
cli-odd-mark = a mark names what is not there, or is too long
cli-group-unchanged = Nothing was imported.

## Members
role-owner = Owner
guest = Guest
away-words = What it says
guest-title = From outside the organisation
add-members = Add members
add-members-hint = Names or mail addresses
add-chosen = To be added
add-history = What may they read?
add-history-start = Everything from the start
add-history-now = Only what is written from now on
member-doings = What to do with { $name }
make-owner = Make an owner
make-member = Take the owner's rights
remove-from-group = Remove from the group
remove-yes = Yes, remove
problem-last-owner = A group needs an owner. Make somebody else an owner first.
problem-unreadable-address = “{ $text }” is neither a mail address nor the name of one person of the address book. Nobody was added.
for-owners = For owners
topic-mails = Mails of this group keep the subject they began with, so that they stay one thread.
who-adds = Who may add members?
who-adds-members = Everybody here who belongs to the organisation
who-adds-owners = Owners only
muted = muted
muting = Mute
muting-off = Tell me what is new here
muting-muted = Muted: nothing pops up unless somebody mentions you, and the number of unread messages does not stand out. Mails are chosen for themselves.
quoted-legend = Earlier messages below the new ones
quoted-none = None
quoted-count = { $n ->
    [one] The last one
   *[other] The last { $n }
}
hours-mails = No mails of groups in these hours
hours-mails-lead = For all your groups. They come when the hours are over. Notices in your browsers are held back in the same hours, too.
hours-save = Save quiet hours
cadence-title = How often mails come
cadence-legend = Mails of this group
cadence-new-groups = In groups I come into from now on
cadence-default-lead = Each group has a choice of its own, on its page and by the link in its mails. What you choose here is what a new one begins with.
cadence-at-once = At once
cadence-at-once-lead = A mail for each message, as soon as it is written.
cadence-bundled = Bundled
cadence-bundled-lead = A few minutes after a message, with what else was written by then.
cadence-daily = Once a day
cadence-daily-lead = Everything of the day in one mail, at eight in the morning.
cadence-mentions = Only what is meant for me
address-soft = Some mails to { $address } came back lately, the last one on
address-suspended = Mails to { $address } come back since
address-probing = Mails to { $address } came back; a trial mail is on its way. Since
address-words = The mail system says:
address-held = Groups send nothing there until it works again. The page is open to them as always.
address-own-held = Groups send you nothing until it works again; you find everything on the page. What you missed comes in one mail.
address-next = Next trial:
address-try = Try again now
address-trouble = Mails come back
cadence-mentions-lead = Messages that mention you or ask you for a receipt, and what you are asked to do.
cadence-none = No mails
cadence-none-lead = You stay in the group, and read it on the page when you want.
cadence-by-mail = By mail: reply to any mail of the group with only one word, such as mute, daily, resume or help.
cadence-is-none = You get no mails of this group. You are still in it.
cadence-back = Send me mails again
cadence-stays = What you have read on the page comes in no mail. This link is good as long as you are in the group; pass it on to nobody.
cadence-left = You are not in this group any more. It sends you no mails.
cadence-unknown = No mail of ours has this link. Look whether all of it was copied, or choose on the page of the group.
leave = Leave the group
leave-lead = You lose the messages and files of this group. A member can add you again.
leave-sure = You will not see this group any more.
leave-yes = Leave
gone-title = You are no longer in this group
gone-text = You left it, or one of its owners removed you. What you wrote in it stays.
gone-typed = You had typed this, and it was not sent:
names-comma = { $first }, { $next }
names-and = { $first } and { $next }
names-others = { $first } and { $n } others
notice-added = { $author } added { $names }
notice-added-from-now = { $author } added { $names }, to read from here on
notice-taken-back = { $author } took back adding { $names }
notice-taken-back-invited = { $notice }; { $n ->
    [one] 1 invitation
   *[other] { $n } invitations
} had gone out already
notice-removed = { $author } removed { $name }
notice-left = { $author } left
notice-owner = { $author } made { $name } an owner
notice-inherited = { $author } is the owner now, because the one before has gone
notice-no-owner = { $name } is no owner any more, by { $author }
notice-invitation-accepted = { $author } will come to “{ $title }”
notice-invitation-tentative = { $author } may come to “{ $title }”
notice-invitation-declined = { $author } will not come to “{ $title }”
notice-invitation-when = { $notice }, { $when }
notice-invitation-words = { $notice }: “{ $words }”
notice-topic = { $author } changed the topic from “{ $before }” to “{ $now }”
notice-adding-owners = { $author } lets only owners add members
notice-adding-members = { $author } lets everybody here add members

## Receipts
receipts = Receipts
receipts-read = { $read } of { $asked } read
receipts-read-all = Read by all { $asked }
receipts-failed = { $n } failed
receipts-declined = { $n } declined
receipts-only-failed = { $n ->
    [one] Did not reach { $n } member
   *[other] Did not reach { $n } members
}
receipts-details = Show who
receipts-ask = Ask for receipts
receipts-of = Message of { $author }
receipts-not-asked = This message asks for no receipts.
receipts-nobody = There is nobody here to give one.
receipts-group-failed = Did not reach them
receipts-group-open = Not read yet
receipts-group-declined = Give no receipt
receipts-group-read = Read
receipts-more = More people
receipt-unknown = Goes out by mail soon
receipt-delayed = On its way by mail
receipt-waiting-since = The mail has been waiting to be sent since
receipt-held-back = Mails to them come back; they find it on the page
receipt-failed = Failed
receipt-sent = Sent
receipt-cached = Stored until they come back
receipt-delivered = Delivered
receipt-read = Read
receipt-declined = Declined
receipt-by-browser = in the browser
receipt-by-submission = by mail
receipt-by-dsn = says their mail system
receipt-by-relayed = handed on to a system that reports no more
receipt-by-relayed-via = handed on by { $server } to a system that reports no more
receipt-by-expanded = handed on to several addresses
receipt-by-expanded-via = handed on by { $server } to several addresses
receipt-by-mdn = says their mail program
receipt-by-bridge = by another program
receipt-by-reply = by answering by mail
receipt-also-mailed = sent by mail as well
receipt-own = Your receipt
receipt-confirm = Confirm reading
receipt-confirm-lead = { $author } asks for a receipt. You give yours yourself.
receipt-own-read = You have confirmed it.
receipt-own-declined = You give no receipts here.
receipt-own-open = It counts as read as soon as you have had it in view.
receipts-remind = Remind who has not read it
receipts-remind-lead = They get a mail with the message. Who has the discussion open right now gets none.
receipts-reminded = { $n ->
    [0] Nobody has to be reminded: all others have the discussion open, or have answered.
    [one] { $n } reminder is on its way.
   *[other] { $n } reminders are on their way.
}
receipts-remind-again = They were reminded. You can do it again at
receipt-reminded = reminded
problem-just-reminded = { $n ->
    [one] They were reminded within the last hour. You can do it again in { $n } minute.
   *[other] They were reminded within the last hour. You can do it again in { $n } minutes.
}
receipt-settings = Receipts
receipt-settings-lead = When somebody asks whether you have read a message:
receipt-settings-group = Your receipts in this group
receipt-policy-automatic = Answer by itself
receipt-policy-automatic-lead = As soon as you have had the message in view, or answered it by mail.
receipt-policy-manual = I confirm it myself
receipt-policy-manual-lead = A button stands at each message that asks.
receipt-policy-refuse = Never
receipt-policy-refuse-lead = The others see that you give no receipts.
receipt-policy-as-everywhere = As in my settings
receipt-default = New messages ask for receipts
receipt-default-lead = Whoever writes can decide otherwise for each message.
mail-command-cadence = From now on, this is how mails of “{ $topic }” come:
mail-command-quote = From now on, mails of “{ $topic }” quote up to { $n ->
    [one] one earlier message
   *[other] { $n } earlier messages
} below the new ones.
mail-command-quote-none = From now on, mails of “{ $topic }” bring only what is new.
mail-command-quote-off = Reply with “quote off” if you want them no more.
mail-command-quiet = From now on, no mails of groups come to you from { $from } to { $until } ({ $zone }). What is said meanwhile comes afterwards. This holds for all your groups, and for notices in your browsers.
mail-command-quiet-none = From now on, mails of groups come to you at any hour.
mail-command-quiet-off = Does your clock hang elsewhere? Choose the time zone by the link below. “quiet off” ends it.
mail-command-resume = Reply with “resume” if you want them again.
mail-command-left = You have left “{ $topic }”. It sends you no mails any more; a member can add you again.
mail-command-only-owner = You are the only owner of “{ $topic }”, so you are still in it.
mail-command-only-owner-next = On its page, make another member an owner. Then leave in its settings, or send the same mail again. Whoever is alone in a group leaves in its settings.
mail-command-settings = Open its settings
mail-command-added = Now in “{ $topic }”: { $people }. They have got a mail with what was said.
mail-command-added-next = To take somebody out again, reply with “remove” and the address.
mail-command-removed = No longer in “{ $topic }”: { $people }.
mail-command-proposed = Only its owners add people to “{ $topic }”. They have been asked about { $people }.
mail-command-wanted = { $by } would like { $people } to take part in “{ $topic }”.
mail-command-wanted-next = If you agree, reply with only these words: add { $people }
mail-command-may-not-add = Only its owners add people to “{ $topic }”, so { $people } was not added.
mail-command-may-not-remove = Only its owners take people out of “{ $topic }”, so { $people } is still in it.
mail-command-list = Nobody was added to “{ $topic }”: { $address } is the address of the list “{ $name }”, not of a person.
mail-command-list-next = Look at its people, and add those who should take part. For other addresses write again, without that of the list.
mail-command-open-list = Look at its people
mail-command-already = { $people } takes part in “{ $topic }” already.
mail-command-not-added = { $people } could not be added to “{ $topic }”: an address is wrong or our own, or they are too many.
mail-command-not-there = Nobody in “{ $topic }” but you has one of these addresses: { $people }. To leave yourself, reply with “leave”.
mail-command-shared = A page of what you handed on from “{ $topic }” is prepared. Nobody but you sees it yet.
mail-command-shared-next = Look it over, choose who may open it, and publish it there. A mail alone never publishes anything.
mail-command-open-share = Look it over and publish
mail-command-not-shared = It is not known which mail of “{ $topic }” you handed on, so no page was prepared. Forward it as an attachment, or choose the messages on the group’s page.
mail-command-open-group = Open the group
mail-command-wanted-why = A program asks you, because you are an owner of the group.
mail-command-why = A program wrote this answer to your mail.
mail-help-title = Taking part by mail
mail-help-lead = You can do all of this in “{ $topic }” without opening a page:
mail-help-post = Write: reply to any mail of the group. What you write above the quoted text is your message; the quotation is folded away.
mail-help-attach = Attach: files of your reply come into the group, up to { $limit } in all.
mail-help-mention = Mention somebody: @ and the whole name, such as @Anna Berg. It reaches also those who get only what is meant for them.
mail-help-tag = Tag: #decision, #action or #question in your text marks it, so that it is found again.
mail-help-share = Share: forward a mail of the group to { $share }. You get the link to a page of it, to look over and publish.
mail-help-share-word = Share: forward a mail of the group to this address with only the word share above it. You get the link to a page of it, to look over and publish.
mail-help-add = Add people: put them in Cc of your reply, or reply with only add and their addresses.
mail-help-remove = Take people out, as an owner: reply with only remove and their addresses.
mail-help-often = How often mails come: reply with only one word. at once, bundled, daily (or digest), mentions, mute; resume takes mute back.
mail-help-quote = Earlier messages: reply with only quote 3 and each mail quotes the last three below the new ones, ten at the most; quote off ends it.
mail-help-quiet = Quiet hours: reply with only quiet 22-7 and no mails of your groups come from 22:00 to 7:00; quiet off ends it.
mail-help-leave = Leave: reply with only the word leave.
mail-help-new = Begin a new group: forward a mail thread to { $gateway }.
mail-help-chat = In Delta Chat the group is a chat. Newer versions show it once encryption is no longer required in their settings.
mail-help-words = Such words do something only if they are all you write; in a longer text they are just words.
mail-reminder-subject = Reminder: { $topic }
mail-reminder-title = { $sender } asks you to read this message in:
mail-reminder-button = Open the message
mail-reminder-link = Open the message:
mail-claim-subject = Is { $address } your address?
mail-claim-lead = A mail from { $address } was sent to your own reply address in “{ $topic }”. It begins:
mail-claim-what = Is this address yours? Then its mails become yours. If not, the mail is marked so, and we do not ask again. Nothing happens until you answer.
mail-claim-button = Answer
mail-claim-link = Answer here; the link is good for 30 days:
mail-claim-reply = Or answer this mail with one word: yes or no.
mail-claim-why = You get this mail because only you are sent this question, at an address that we know to be yours. Do not pass it on.
mail-readers-subject = Read: { $subject }
mail-readers-lead = Your mail to “{ $topic }” asked for receipts. { $read } of { $asked } have read it.
mail-readers-button = Show the receipts
mail-readers-link = How they stand by now:
mail-readers-why = You get this mail once, because your mail program asked for a receipt. Who reads it later stands on the page.
mail-trial-subject = Do mails from mailmoot reach you again?
mail-trial-lead = Mails to this address have come back since { $since }. The mail system said:
mail-trial-done = If you read this, all is well, and there is nothing to do: what you missed follows in a few hours. To have it at once, answer this mail with any word.
mail-trial-button = Open mailmoot
mail-trial-link = Meanwhile you find everything here:
mail-trial-why = You get this mail because groups you are in could not reach you. While that is so, only a mail like this one comes now and then.
mail-share-answered-subject = Answer to your share: { $title }
mail-share-answered-lead = { $writer } ({ $address }) has answered the mail of your share:
mail-share-answered-button = Decide about it
mail-share-answered-link = You decide whether the group sees it:
mail-share-answered-why = You get this mail because answers to this share wait for you. On its page you can let them come into the group at once.
mail-reminder-why = You get this mail because { $sender } asked for receipts for this message, and yours is missing.

## Tags that every group has
tag-decision = Decision
tag-action = Action
tag-question = Question
tag-answer = Answer
tag-fact = Fact
tag-risk = Risk
tag-idea = Idea

## A share: the document, its mail and its downloads
share-doc-by = { $sharer } shares this from “{ $topic }”
share-doc-at = { $at }, times of { $zone }
share-doc-at-version = Version { $version } of { $at }, times of { $zone }
share-doc-until = The page can be opened until { $until }.
share-doc-page = Read as a page
share-doc-page-text = The same as a page:
share-doc-reply = Reply to this mail, and your answer reaches the discussion.
share-doc-why = You get this mail because { $sharer } chose it for you.
share-doc-outside = from outside
share-doc-edited = edited since
share-doc-context = for context
share-doc-open = To be done
share-doc-done = Done
share-doc-due = by { $day }
share-doc-attached = attached
share-doc-left-out = not included
share-doc-missing = { $n ->
    [one] { $n } sign of this document is not shown here: the server has no font for it.
   *[other] { $n } signs of this document are not shown here: the server has no font for them.
}

## Shares

shares = Shares
shares-none = Nothing was shared from this group yet.
shares-lead = Choose messages, or mark what matters and share that: as a page with a link of its own, and as a mail.
share-choose = Choose messages to share
share-these = Share these
share-message = Share this message
choose-lead = Share what you choose as a page and a mail, or begin a new group with it: with the same members, and with nothing else of this one.
share-heading = Share
share-to-list = To the shares of this group
share-untitled = Without a title
share-title = Title
share-note = What you say about it
share-note-hint = Why it matters, and what you want to know from whoever reads it
share-needs-title = Give it a title first.
share-looks = How it looks
share-sections = Sections
share-sections-none = None
share-sections-topic = By topic
share-sections-tag = By tag
share-sections-day = By day
share-files-included = Included
share-files-linked = As links to the page
share-files-left-out = Left out
share-names = Say who said what
share-items = Content
share-items-none = Nothing is chosen yet.
share-items-lead = Readers see it in this order. Bring it into another one by the arrows, or by dragging.
share-drag = Drag to another place
share-up = Up
share-down = Down
share-before = Messages before
share-after = Messages after
share-take-out = Take out
share-taken-out = Taken out:
share-bring-back = Bring back
share-access = Who can open the page
share-access-members = Members of this group
share-access-members-text = Signed in. Everybody sees what was said since they joined.
share-access-link = Everybody who has the link
share-access-link-text = Without signing in, also outside. Whoever gets it can hand it on.
share-lasts = Can be opened for
share-days = { $n ->
    [one] { $n } day
    [7] a week
    [30] 30 days
    [365] a year
   *[other] { $n } days
}
share-ends = The page can be opened until
share-password = Password
share-password-none = None
share-password-set = Set; type to change it
share-password-remove = Ask for no password
share-preview = Preview
share-preview-lead = Exactly what the mail looks like.
share-state-draft = Draft
share-state-out = Published
share-state-expired = Expired
share-state-recalled = Recalled
share-version = Version { $n }
share-views = { $n ->
    [0] not opened yet
    [one] opened once
   *[other] opened { $n } times
}
share-by = by
share-viewed-by = Who has opened it
share-has-news = You have changed something since. Readers see it when you publish it.
share-publish = Publish
share-publish-changes = Publish as a new version
share-publish-again = Publish again, with a new link
share-recall = Recall
share-recall-sure = The link stops working at once, for everybody. Mails that were sent stay where they are.
share-recall-yes = Recall it
share-recalled-text = Recalled; its link opens nothing any more. Since
share-discard = Discard
share-discard-sure = The draft is gone for good. The messages stay.
share-discard-yes = Discard it
share-saved-now = What is saved now:
share-theirs = This is what the other window saved. Which one is to hold?
share-take-mine = Keep mine
share-take-theirs = Take the saved one and copy mine
share-until = until
share-open = Open the page
share-go-on = Go on
share-manage = Manage
share-own-view = You see this page as its readers do.
share-updated = Updated since you got the mail: that had version { $before }, this is version { $now }.
share-contents = Contents
share-emptied = What this page shows was removed from the group, or was said before you joined.
share-made-with = Shared with mailmoot
share-locked = This page has a password
share-locked-text = Whoever sent you the link knows it.
share-unlock = Open the page
share-closed = This link opens nothing
share-closed-text = It may have expired or been taken back, or it is for other readers. Ask whoever sent it to you for a new one.
share-closed-sign-in = Some pages are for members of a group only. If you are one, sign in first.
sharing-outside = May members share content with people outside the organisation?
sharing-outside-yes = Yes, by link and by mail
sharing-outside-no = No, it stays in the organisation
audit = Audit log
group-log = Log
group-log-open = Who shared, opened and saved what
group-log-lead = What was done with the content of this group: who shared it, who opened or saved it, who took it back. All members see this.
audit-lead = Who did what, when and from where: what left the groups, rights, settings, holds, and what was done with mails and people. It names no content.
audit-empty = Nothing was shared yet.
audit-who = Who
audit-what = What
audit-group = Group
audit-nobody-known = somebody with the link
audit-share-published = Published a share
audit-share-viewed = Opened a share
audit-share-downloaded = Downloaded from a share
audit-share-recalled = Recalled a share
audit-message-moved = Moved a message to another group
audit-message-moved-back = Took a message back from this group
audit-right-given = Right given
audit-right-withdrawn = Right withdrawn
audit-right-admin = { $name }: admin
audit-right-auditor = { $name }: auditor
audit-identities-forgotten = Sign-in accounts forgotten
audit-message = message { $n }
audit-group-exported = Exported a group
audit-export-downloaded = Downloaded an exported group
audit-share-mailed = Mailed a share
audit-mailed = { $n ->
    [one] version { $version }, to { $n } receiver
   *[other] version { $version }, to { $n } receivers
}
audit-share-opened = Changed who can open a share
audit-access-members = for members
audit-access-link = for everybody with the link
audit-access-password = for everybody with the link and the password
audit-outside-allowed = Allowed sharing outside
audit-outside-forbidden = Forbade sharing outside
audit-version = version { $version }
audit-published-outside = { $n ->
    [one] version { $version }, { $n } piece, for everybody with the link
   *[other] version { $version }, { $n } pieces, for everybody with the link
}
audit-published-inside = { $n ->
    [one] version { $version }, { $n } piece, for members
   *[other] version { $version }, { $n } pieces, for members
}
share-saved-elsewhere = Title or note were saved in another window meanwhile. Nothing is lost: what you typed is here, and you can save it over what is there now.
problem-nothing-shared = There is nothing in this share yet. Choose messages or marks first.
problem-too-much-shared = A share can have { $n } pieces at the most. Choose fewer, or make two shares.
problem-outside-forbidden = The owners of this group keep its content in the organisation: only members can open the page, and mail goes to colleagues only.
problem-domain-not-allowed = Nothing may be mailed to addresses of { $domain }. Your administrator decides which domains outside are allowed.
problem-not-published = Publish it first: what is mailed is the version that is out.
problem-nobody-to-mail = Everybody on the list has the newest version, or their mail is on its way.
problem-no-font = The server has no font with these letters: { $letters }. Your administrator can install one, such as the package fonts-noto-cjk. The other forms need none.
problem-answer-decided = This answer was decided about before, or is not there any more.
problem-password-short = A password needs { $n } characters at least.
problem-wrong-password = This is not the password. Whoever sent you the link knows it.
notice-shared = { $author } shared “{ $title }”
notice-share-updated = { $author } updated the share “{ $title }”
notice-share-recalled = { $author } took the share “{ $title }” back
notice-outside-allowed = { $author } lets members share content with people outside
notice-outside-forbidden = { $author } keeps the content of this group inside

## Marking

mark = Mark
mark-this = Mark…
mark-these = Mark these
mark-title = Mark this
mark-title-many = Mark { $n } messages
mark-what = What is marked
mark-whole = The whole message
mark-passage = A passage
mark-passage-from = Select the passage here
mark-passage-words = Its words
mark-lost = An edit took this out of the message. This is what it said when it was marked.
mark-edited-since = The message was edited since. This is what it said when it was marked.
marked-by = Marked by
tag-used = { $n ->
    [0] not used
    [one] { $n } mark
   *[other] { $n } marks
}
unmark = Take the mark away
choose-several = Choose several…
tag = Tag
tags = Tags
tags-all = All tags of the group
tags-lead = Everybody in the group can mark with these, or write one into a message after a #. Whoever made a tag may change it, and so may owners.
tag-other = Another tag
tag-change = Change
tag-name = Name
tag-new = New tag
tag-make = Make tag
tag-merge = Merge
tag-merge-into = Give its marks to another tag
task-who = Who
task-nobody = Nobody yet
task-due = Due
task-done = Done
task-undone = Not done
task-done-by = Done by
colour = Colour
colour-red = Red
colour-orange = Orange
colour-yellow = Yellow
colour-green = Green
colour-teal = Teal
colour-blue = Blue
colour-violet = Violet
colour-grey = Grey
keys-mark = Mark it
problem-piece-gone = What was to be marked is not in the message any more. Choose again.
problem-passage-missing = These words are not in the message. It may have been edited meanwhile: select the passage again.
problem-marked-already = It has this tag already. Press the mark below the message to change it.
problem-too-many-marks = A message has { $n } marks at the most. Take one away first.
problem-too-many-marked = { $n } messages can be marked at once. Choose fewer.
problem-no-task = Only an action has somebody who does it, and a day.
problem-no-member = Whoever is to do it must be in the group.
problem-no-day = This is no day. Write it as year-month-day, such as 2026-11-20.
problem-no-tag = Choose a tag.
problem-tag-gone = This tag was merged into another one meanwhile. Choose again.
problem-tag-taken = Another tag of the group has this name. Merge them, or choose another name.
problem-tag-signs = The name of a tag needs a letter or a digit, and has no # or comma.
problem-too-many-tags = A group has { $n } tags of its own at the most. Merge some first.

## The mails of a share
share-mail = Send by mail
share-mail-back = Back to the share
share-mail-to = Receivers
share-mail-nobody = Nobody is on the list yet. Receivers need no account here.
share-mail-on-its-way = { $n ->
    [one] { $n } mail is on its way.
   *[other] { $n } mails are on their way.
}
share-mail-send = { $n ->
    [one] Send { $n } mail
   *[other] Send { $n } mails
}
share-mail-members = Only members of the group can open the page. Others get what is in the mail, without the link.
share-mail-again = Send again
share-mail-receipt = Ask their mail programs for a receipt
share-mail-behind = has an older version
share-mail-server-says = Their mail server says:
share-mail-added = Not sent yet
share-mail-waiting = Waiting to be sent
share-mail-sent = Sent
share-mail-delivered = Delivered
share-mail-read = Read
share-mail-failed = Did not arrive
share-answers = Answers
share-mail-closed = The link of this share is closed. Publish it anew, then it can be sent.
share-answers-lead = Answers by mail come from outside, whoever writes them
share-answers-ask = I decide which of them the group sees
share-answers-at-once = The group sees them at once
share-answers-wait = { $n ->
    [one] 1 answer waits
   *[other] { $n } answers wait
}
share-answer-take = Show it in the group
share-answer-decline = Decline
share-answer-waiting = Waits for the sharer
share-answer-taken = Is in the group
share-answer-declined = Declined
share-answer-files = { $n ->
    [one] { $n } file
   *[other] { $n } files
}
share-save = Save a copy
share-save-mail = As a mail
share-save-page = As a page
share-save-markdown = As Markdown
share-save-pdf = As PDF

## Directories

directory-address-taken = the address { $value } is somebody else’s already, and stays with them.
directory-own-address = { $value } is mailmoot’s own address, and nobody’s. An entry without another one is left out.
directory-card-too-large = this card is larger than what is read, most often by its picture. It is left out.
directories = Directories
directories-lead = Where people come from. The first source in the order is believed first; the others complete it. Nobody is ever deleted: who is gone from every source is marked as departed.
directories-none = No directory is set up. Add one in Settings, or describe it in the configuration, in a section such as [directory.staff]; docs/ADMIN.md has an example. Files of people can be taken in any case.
directory-import = Take people from a file
directory-running = is being read now
directory-well = works
directory-stopped = Could not be read
directory-never = not read yet
directory-people = { $n ->
    [0] nobody yet
    [one] one person
   *[other] { $n } people
}
directory-next = Next time:
directory-well-at = It was read well the last time:
directory-sync-now = Read it now
directory-take-fewer = It is right: mark the others as departed
directory-earlier = Earlier times
directory-details = Who, and what was left out
directory-read-all = All was read, { $found } found in { $seconds } s: { $added } added, { $changed } changed, { $departed } departed, { $returned } came back, { $refused } left out.
directory-read-changes = What had changed was read, { $found } found in { $seconds } s: { $added } added, { $changed } changed, { $departed } departed, { $returned } came back, { $refused } left out.
directory-added = Added ({ $n })
directory-changed = Changed ({ $n })
directory-departed = Departed ({ $n })
directory-returned = Came back ({ $n })
directory-refused = Left out
directory-more = and { $n } more
directory-comma = {", "}
directory-find = Find a person, and see which source says what
directory-nobody = Nobody was found.
directory-manager = Manager
directory-name = Name
directory-addresses = Mail addresses
directory-phones = Phones
directory-department = Department
directory-position = Position
directory-picture = Picture
directory-source-import = file
directory-source-mail = mails
departed = departed
departed-title = No directory of the organisation has this person any more. They get no new groups and no mails, and can’t sign in.
departed-since = since
departed-here = gone
person-lead = Of name, department and position the first source counts that says something. Addresses and phones are those of all sources.
person-shown = Shown
person-believed = counts
person-no-source = No directory has this person. They are known by an imported file or by mails.
import-lead = CSV with a header, vCard or LDIF. You see first what it would change.
import-file = File
import-look = Look at it
import-take = Take these people
import-people = { $n ->
    [0] Nobody in this file can be taken.
    [one] The file has one person.
   *[other] The file has { $n } people.
}
import-unchanged = Unchanged: { $n }
import-problems = What stands out in the file, line by line ({ $n })
import-stay = Stay as they are, although the file says something else ({ $n })
import-refused = Left out
import-what = What
import-now = Now
import-afterwards = Afterwards
import-none = nothing
import-comes = { $value } (new)
import-goes = { $value } (goes)
import-picture = a picture
import-other-picture = another picture
import-known-by = Known from
import-adopted = the address book: belongs to the organisation from then on
import-overruled = stays: the file says “{ $said }”, but a directory counts first
import-state = State
import-stays-departed = stays departed: only a directory brings them back
directory-check-base = { $protocol }: find people at { $base }
directory-check-count = { $people } entries, { $without } of them without a mail address
directory-check-cards = { $n } cards
directory-check-sample = One person, as mailmoot understands them
directory-saw-filter = this is no LDAP filter
directory-saw-referral = the server sends us to another one: { $why }
directory-saw-too-many = it has more than { $why } entries there
directory-saw-none = there is no address book here: { $why }
directory-saw-fewer = so many of those people are left: { $why }. Nothing was changed.
directory-saw-internal = something in mailmoot failed: { $why }
directory-saw-nobody = nobody has a mail address
directory-advice-bind = Check { $section }user and { $section }password. OpenLDAP wants a distinguished name, such as cn=reader,dc=corp,dc=example; Active Directory also takes reader@corp.example.
directory-advice-protection = Set { $section }security = "tls" or "starttls", and give { $section }user and { $section }password.
directory-advice-base = Write { $section }base as the server has it; now it is { $base }. In square brackets stands where the server’s entries begin. The user may also lack the right to read there.
directory-advice-filter = Look at { $section }filter: every condition stands in parentheses, as in (&(objectClass=person)(mail=*)).
directory-advice-limit = The server gives this user no more entries. Raise its limit for the user (OpenLDAP: limits ... size.prtotal=unlimited), or take a narrower { $section }base or { $section }filter. Nothing was changed.
directory-advice-referral = mailmoot asks no other servers by itself. Set { $section }host to the server that has the people, with Active Directory perhaps the global catalogue (port 3269).
directory-advice-too-many = Take a narrower { $section }base or { $section }filter, or several sources.
directory-advice-none = Set { $section }url to the address of one address book, as CardDAV programs show it.
directory-advice-no-cards = None of the first cards can be used. Perhaps it is another address book, or its cards have no mail addresses.
directory-advice-fewer = Look at { $section }base and { $section }filter, and whether the user may read everybody. If these people are really gone, say so below.
directory-advice-nobody = Look at { $section }filter, and in { $section }address_attributes name the attribute that holds mail addresses. The user may also lack the right to read it.
directory-advice-attributes = Not found: { $missing }. If the server has them under other names, set { $section }…_attributes.
config-expected-often = a time of at least 10s, such as 30m or 1h
config-expected-base = the distinguished name below which people are, such as ou=people,dc=corp,dc=example
config-expected-filter = an LDAP filter in parentheses, such as (objectClass=person)
config-expected-attributes = a list of LDAP attributes, such as ["displayName", "cn"]
config-expected-dav = the address of an address book, such as https://dav.corp.example/books/staff/
# Whether all runs
status-page = System status
status-lead = How mailmoot runs. What is wrong for more than a minute is told to all admins by mail, once, and so is its end.
status-well = All is well.
status-trouble = Something does not work just now. If that lasts, admins are told by mail.
audit-people-imported = imported people
audit-people-counts = added: { $added }, changed: { $changed }
status-wrong = { $n ->
    [one] One thing is wrong.
   *[other] { $n } things are wrong.
}
status-since = since
status-mail-in = Mail in
status-mail-out = Mail out
status-work = Work in the background
status-work-none = Nothing waits.
status-servers = Certificates
status-servers-none = No server with a certificate was looked at yet. That is done every six hours.
status-house = This house
status-source = Source
status-last-answer = Last answer
status-never = never
status-says = It says
status-last-mail = Last mail
status-day = Within a day
status-none = none
status-waiting = Waiting
status-waiting-since = the first of them since
status-last-sent = Last one handed over
status-sent-failed = { $sent } handed over, { $failed } given up
status-due = { $n ->
    [one] one job, due since
   *[other] { $n } jobs, due since
}
status-under-way = { $n ->
    [one] one under way
   *[other] { $n } under way
}
status-ends = until
status-disk = Room for files
status-disk-of = { $free } of { $size } free
status-version = Version
status-past = What was wrong
status-past-none = Nothing in the last 90 days.
status-until = until
status-look-mail-in = Mails in, in the ledger
status-look-mail-out = Mails out, in the ledger
work-sort = reading mails that came
work-members = writing mails to members
work-asks = writing sign-in mails
work-send = handing over mails
work-index = indexing old messages for the search
work-push = notices to browsers
work-export = writing exports
work-directory = reading directories
work-watch = watching
work-other = other work
concern-source-stands = No mail can be fetched from { $source }. It says: { $words }
concern-source-silent = No mail was fetched from { $source } for a while, and nothing says why.
concern-outbox-stands = { $n ->
    [0] No mail can be handed over to the submission server.
    [one] One mail waits, and none can be handed over to the submission server.
   *[other] { $n } mails wait, and none can be handed over to the submission server.
} It says: { $words }
concern-work-waits = { $n ->
    [one] One job waits ({ $work }), and nobody begins with it.
   *[other] { $n } jobs wait ({ $work }), and nobody begins with them.
}
concern-certificate-ends = The certificate of { $server } runs out on { $day }. From then on mailmoot talks to this server no more.
concern-disk-full = Only { $n } MB are free on the disk of server.data.
concern-set-aside = { $n ->
    [one] One mail of the last day could not be read and was set aside.
   *[other] { $n } mails of the last day could not be read and were set aside.
}
concern-short-source-stands = No mail can be fetched
concern-short-outbox-stands = No mail goes out
concern-short-work-waits = Work is left undone
concern-short-certificate-ends = A certificate runs out
concern-short-disk-full = The disk is nearly full
concern-short-set-aside = Mails were set aside
concern-advice-source = Nothing is lost: mailmoot goes on trying, and everything arrives once. Run "mailmoot check", which says which step fails and what to do.
concern-advice-outbox = Nothing is lost: mailmoot goes on trying, and the mails go out in their order. Run "mailmoot check", which says which step fails and what to do.
concern-advice-work = Look into the log for what goes wrong again and again. Restarting mailmoot loses nothing.
concern-advice-certificate = Renew it at the server, or ask who runs that server to.
concern-advice-disk = Make room on that disk, or move server.data to a larger one. When it is full, no mail and no file is taken any more.
concern-advice-set-aside = Nothing is lost: the mails are kept as they came. The ledger says why each could not be read, and runs it again.
mail-alert-subject = mailmoot: { $what }
mail-alert-subject-ended = Well again: { $what }
mail-alert-lead = Since { $begun } something is wrong with mailmoot:
mail-alert-lead-ended = What was wrong since { $begun } is well again since { $ended }:
mail-alert-button = Open the system status
mail-alert-link = The system status:
mail-alert-why = You get this mail because you are an admin of mailmoot. Each trouble is told once, and so is its end.
alert-news-begun = mailmoot: { $what }
alert-news-ended = mailmoot, well again: { $what }

audit-settings-changed = Settings changed
admin-settings = Settings
admin-settings-lead = What stands in the configuration file or the environment wins and changes with a restart. Everything else can be changed here and holds at once.
settings-change = Change
settings-from-outside = set by { $place }
settings-from-page = kept here
settings-usual = as usual
settings-none-given = Everything is as usual.
settings-secret-kept = A value is kept. It is never shown.
settings-secret-new = Type a new one to replace it
settings-secret-forget = Keep none any more
settings-add-provider = Add a sign-in provider
settings-add-directory = Add a directory
settings-add-name = Short name, such as corp
settings-name-problem = A name has up to 30 small letters and digits, such as corp or staff2.
settings-remove-section = Remove everything kept here
settings-find = Find the servers of { $address }
settings-find-typed = Find the servers of this address
settings-found = Servers were found, and stand below. Nothing is saved yet: look at them, put in the password, and save.
settings-found-server = { $host }, port { $port }: { $by }
settings-found-nothing = No server was found for { $domain }. What you typed is still here.
settings-save = Save
settings-save-anyway = Save all the same
settings-saved = Saved. It holds from now on.
settings-unchanged = Everything is as it was.
settings-not-taken = It is kept, but mailmoot could not go by it yet: { $why }. It goes on with the settings it had.
settings-wrong = Nothing was saved. Correct what is marked.
settings-steps-failed = Nothing was saved: with these settings, something does not work. Correct them, or save all the same, for example while the server is away.
settings-meanwhile = { $who } has changed this meanwhile. Nothing of yours was saved. Compare, and save again if yours should hold.
settings-somebody = Somebody
settings-history = What was changed
settings-history-lead = Each time that settings were saved. Putting back what was before is saved as a change of its own.
settings-history-none = Nothing was changed on these pages yet.
settings-before = before:
settings-put-back = Put back what was before
settings-word-tls = TLS from the start
settings-word-starttls = STARTTLS
settings-word-none = none (only for a server on this machine)
settings-word-password = by the password
settings-word-oauth = by OAuth
settings-word-subaddress = by what stands after a + in the address
settings-word-catch-all = by an address of its own for each group
settings-word-single = one address; only the mail program’s references tell
settings-word-en = English
settings-word-zh-cn = 简体中文
settings-yes = yes
settings-no = no
check-page = Check the connections
check-page-lead = Tries everything that mailmoot needs, one step after the other, as “mailmoot check” does: servers, folders, the database, and a mail to itself. That takes up to two minutes.
check-page-run = Check now
check-page-again = Check again
check-page-running = Checking …
check-page-done = The check is over.
check-outcome-ok = well
check-outcome-warning = warning
check-outcome-failed = failed
settings-section-server = The server
settings-section-database = Database
settings-section-mail = Mail of the groups
settings-section-dns = Name service
settings-section-imap = Mail that comes in (IMAP)
settings-section-maildir = Mail that comes in (Maildir)
settings-section-smtp = Mail that goes out (SMTP)
settings-oauth-about = From here come the tokens with which the mail account signs in instead of by a password. They are used where imap.auth, smtp.auth or archive.auth is “by OAuth”; set that as well:
settings-section-oauth = Access to the mail account by OAuth
settings-section-limits = Limits
settings-section-sign-in = Sign-in
settings-section-account = Mail account for other domains
settings-add-account = Add a mail account
setting-account-address = Mail address
setting-account-domains = For the people of these domains
setting-account-replies = How replies are told apart
setting-account-catch-all-domain = Domain of which every address arrives there
setting-account-user = User name
setting-account-password = Password
setting-account-folder = Folder
setting-account-imap-host = IMAP server
setting-account-imap-port = IMAP port
setting-account-imap-security = Protection of IMAP
setting-account-imap-ca-file = File with the certificate authority of the IMAP server
setting-account-smtp-host = SMTP server
setting-account-smtp-port = SMTP port
setting-account-smtp-security = Protection of SMTP
setting-account-smtp-ca-file = File with the certificate authority of the SMTP server
settings-section-provider = Sign-in provider
settings-section-presence = Presence
settings-section-push = Notices
settings-section-share = Sharing
settings-section-directory = Directory
settings-section-alerts = Alerts
settings-section-metrics = Figures
settings-section-log = Log
setting-server-listen = Address to listen at
setting-server-public-url = Address of the pages
setting-server-data = Folder of data
setting-server-trusted-proxies = Web servers before mailmoot
setting-server-internal-networks = Internal networks that may be asked
setting-database-url = Database
setting-mail-address = Address that people forward to
setting-mail-name = Name beside the address
setting-mail-replies = How replies find their group
setting-mail-catch-all-domain = Domain of the reply addresses
setting-mail-hold = How long messages wait for more before a mail goes out
setting-mail-max-size = Largest mail that is taken
setting-mail-attach-up-to = Files up to this size go along in mails
setting-mail-language = Language where none is known
setting-mail-zone = Time zone where none is known
setting-mail-authserv-id = Servers whose check of senders is believed
setting-mail-check-dkim = Check signatures of mails here
setting-mail-dkim-key = Key that signs mails (DKIM)
setting-mail-dkim-selector = Selector of the key
setting-mail-dkim-domain = Domain of the signature
setting-mail-per-domain-at-once = Mails on their way to one domain at once
setting-mail-per-domain-per-minute = Mails to one domain within a minute
setting-mail-give-up-after = Give a mail up after
setting-dns-servers = Name servers
setting-imap-host = Server
setting-imap-port = Port
setting-imap-security = Protection
setting-imap-user = User
setting-imap-auth = Sign-in by password or OAuth
setting-imap-password = Password
setting-imap-folder = Folder
setting-imap-ca-file = File with the server’s own certificate authority
setting-maildir-path = Folder
setting-smtp-host = Server
setting-smtp-port = Port
setting-smtp-security = Protection
setting-smtp-user = User
setting-smtp-auth = Sign-in by password or OAuth
setting-smtp-password = Password
setting-smtp-ca-file = File with the server’s own certificate authority
setting-oauth-token-url = Address that gives out tokens
setting-oauth-client-id = Client id
setting-oauth-client-secret = Client secret
setting-oauth-refresh-token = Refresh token
setting-oauth-scope = Scopes
setting-oauth-hosts = Mail servers that may be shown the tokens
setting-oauth-ca-file = File with the provider’s own certificate authority
setting-limits-file-size = Largest file
setting-limits-forbidden-files = Files that are not taken
setting-limits-mails-per-hour = Mails of one sender within an hour
setting-limits-sign-in-mails-per-hour = Sign-in mails within an hour
setting-limits-edit-time = How long a message can be edited
setting-sign-in-domains = Domains whose people may sign in
setting-sign-in-mail-password = Sign-in with the mail password
setting-sign-in-own-mailbox = People’s own mailboxes under “Threads”
setting-sign-in-own-mailbox-password = Own mailboxes open by their password, too
setting-sign-in-imap-host = Server that checks mail passwords
setting-sign-in-imap-port = Port
setting-sign-in-imap-security = Protection
setting-sign-in-imap-ca-file = File with the server’s own certificate authority
setting-provider-title = Name on the button
setting-provider-issuer = Issuer
setting-provider-client-id = Client id
setting-provider-client-secret = Client secret
setting-provider-scopes = Scopes
setting-provider-mailbox-scope = Scope that opens people’s own mailboxes
setting-provider-mailbox-parameters = More that is asked for the mailbox
setting-provider-address-claim = Claim with the mail address
setting-provider-name-claim = Claim with the name
setting-provider-groups-claim = Claim with the groups
setting-provider-owned-domains = Domains whose addresses it may vouch for
setting-provider-only-domains = Only people of these domains
setting-provider-admin-groups = Groups of admins
setting-provider-auditor-groups = Groups of auditors
setting-provider-session = How long a session lasts
setting-provider-single-logout = Sign out there as well
setting-provider-ca-file = File with the server’s own certificate authority
setting-presence-idle = Away after
setting-push-enabled = Notices in browsers whose page is closed
setting-share-outside-domains = Outside domains that shares may be mailed to
setting-directory-host = LDAP server
setting-directory-port = Port
setting-directory-security = Protection
setting-directory-url = CardDAV address book
setting-directory-user = User
setting-directory-password = Password
setting-directory-ca-file = File with the server’s own certificate authority
setting-directory-base = Where people are (base)
setting-directory-filter = Filter
setting-directory-order = Place among the sources
setting-directory-every = Look for changes every
setting-directory-full-every = Read everything every
setting-directory-name-attributes = Attributes of the name
setting-directory-address-attributes = Attributes of mail addresses
setting-directory-phone-attributes = Attributes of phone numbers
setting-directory-department-attributes = Attributes of the department
setting-directory-position-attributes = Attributes of the position
setting-directory-manager-attributes = Attributes of the manager
setting-directory-photo-attributes = Attributes of the picture
setting-directory-lists = Read distribution lists
setting-directory-list-base = Where distribution lists are (base)
setting-directory-list-filter = Filter of distribution lists
setting-directory-member-attributes = Attributes of who stands in a list
setting-alerts-webhook = Web address that takes alerts
setting-metrics-listen = Address of the figures
setting-log-format = Form of the log
setting-log-level = Detail of the log

## All that is known of a person, as a file

own-data = My data
own-data-lead = Everything that is known of you here, in one file: your entry in the address book and where it comes from, your settings, where you are signed in, your groups, what you wrote and the files you brought, receipts, marks, and the mails from and to you. As a page to read, and as JSON for other programs. What others wrote is not in it.
dossier-kept = The file can be fetched for a week, by whoever asked for it alone; then it is deleted. The audit log says that it was made and fetched.
dossier-running = The file is being made. Load this page again in a moment.
dossier-yes = yes
dossier-no = no
dossier-page-lead = All that was known of this person on { $at }. All times are those of { $zone }.
dossier-page-more = The same for other programs:
privacy = Data protection
privacy-export = Export
privacy-export-lead = All that is known of this person, as a zip to hand to them. It holds what they wrote in groups: open it only if you have to.
audit-person-exported = Asked for all that is known of a person
audit-person-export-downloaded = Downloaded what is known of a person
cli-export-file = The file { $file } can’t be made. Name one that is not there yet, in a folder that can be written to.
cli-exported = All that is known of { $name } is in { $file }. It is as private as their mails.
help-export = Puts all that is known of one person into a zip
help-export-address = Their mail address
help-export-target = the new file
dossier-person = Person
dossier-addresses = Mail addresses
dossier-phones = Phones
dossier-directory = What address books say
dossier-claimed-addresses = Addresses they were asked about
dossier-address-troubles = Mails that came back
dossier-account = Account and settings
dossier-sessions = Signed in
dossier-identities = Accounts at sign-in providers
dossier-browsers = Browsers they signed in with
dossier-push-subscriptions = Browsers that get notices
dossier-links = Links in mails
dossier-status = Presence
dossier-memberships = Groups
dossier-former-memberships = Groups they left
dossier-messages = Messages
dossier-earlier-texts = What messages said before they were edited
dossier-files = Files
dossier-unsent = Typed and not sent
dossier-drafts = Drafts of groups
dossier-reactions = Reactions
dossier-mentions = Mentions of them
dossier-receipts = Receipts
dossier-marks = Marks
dossier-tasks = Actions given to them
dossier-saved-views = Saved views
dossier-shares = Shares
dossier-shares-received = Shares mailed to them
dossier-shares-viewed = Shares they opened
dossier-share-answers = Answers to shares
dossier-threads = Mail threads they are in
dossier-mails-in = Mails from them
dossier-mails-out = Mails to them
dossier-exports = Exports of groups
dossier-audit = Audit log
dossier-col-id = Id
dossier-col-full-name = Name
dossier-col-department = Department
dossier-col-position = Position
dossier-col-origin = From where
dossier-col-created-at = Made
dossier-col-updated-at = Changed
dossier-col-departed-at = Gone since
dossier-col-address = Address
dossier-col-phone = Phone
dossier-col-source = Source
dossier-col-said = What it says
dossier-col-changed-at = Changed
dossier-col-state = State
dossier-col-asked-at = Asked
dossier-col-decided-at = Answered
dossier-col-words = Words
dossier-col-since = Since
dossier-col-last-at = Last
dossier-col-language = Language
dossier-col-is-admin = Admin
dossier-col-is-auditor = Auditor
dossier-col-receipt-policy = Receipts
dossier-col-cadence = Mails
dossier-col-zone = Time zone
dossier-col-quiet-from = Quiet from (minute of the day)
dossier-col-quiet-until = Quiet until (minute of the day)
dossier-col-quiet-mails = Quiet for mails too
dossier-col-notices-show-contents = Notices show contents
dossier-col-user-agent = Browser
dossier-col-expires-at = Ends
dossier-col-provider = Provider
dossier-col-subject = Subject
dossier-col-endpoint = Push service
dossier-col-kind = Kind
dossier-col-note = Note
dossier-col-ends-at = Ends
dossier-col-group = Group
dossier-col-topic = Topic
dossier-col-role = Role
dossier-col-joined-at = Joined
dossier-col-left-at = Left
dossier-col-read-until = Read up to number
dossier-col-mailed-until = Mailed up to number
dossier-col-notices = Notices
dossier-col-muting = Muting
dossier-col-number = Number
dossier-col-at = When
dossier-col-text = Text
dossier-col-signature = Signature
dossier-col-edited-at = Edited
dossier-col-removed-at = Removed
dossier-col-name = Name
dossier-col-size = Size in bytes
dossier-col-emoji = Emoji
dossier-col-sent-at = Sent
dossier-col-delivered-at = Delivered
dossier-col-read-at = Read
dossier-col-declined-at = Declined
dossier-col-failed-at = Failed
dossier-col-tag = Tag
dossier-col-done-at = Done
dossier-col-query = Query
dossier-col-title = Title
dossier-col-published-at = Published
dossier-col-views = Times opened
dossier-col-message-id = Message-ID
dossier-col-outcome = What became of it
dossier-col-what = What

## Erasing a person

erase = Erase
erase-lead = { $name } is taken out of mailmoot. What goes:
erase-sessions = Their account and its settings, { $n ->
    [one] the browser they are signed in with
   *[other] { $n } browsers they are signed in with
}, notices, presence, receipts, their entry in the address book with all addresses
erase-groups = { $n ->
    [one] Their membership in 1 group
   *[other] Their memberships in { $n } groups
}; where they were the only owner, the member who is there longest becomes owner
erase-names = { $n ->
    [one] 1 message stays, by “Former member”
   *[other] { $n } messages stay, by “Former member”
}
erase-texts = { $n ->
    [one] The text and the files of 1 message
   *[other] The texts and the files of { $n } messages
}
erase-mails-in = { $n ->
    [one] The original of 1 mail from them; its line in the ledger stays without their address
   *[other] The originals of { $n } mails from them; the lines in the ledger stay without their address
}
erase-mails-out = { $n ->
    [one] Their address in the line of 1 mail to them
   *[other] Their address in the lines of { $n } mails to them
}
erase-waiting = ({ $n } still to be sent: they are not sent any more)
erase-stays = What others wrote about them stays, and so do mails that they have sent or received elsewhere, and backups that were made before. A directory that still has their address does not bring them back.
erase-written = What they wrote: { $n ->
    [one] 1 message
   *[other] { $n } messages
}, { $files ->
    [one] 1 file
   *[other] { $files } files
}
erase-keep = It stays, by “Former member”
erase-too = The texts and the files go, too
erase-final = This cannot be undone. Nobody can bring back what is erased.
erase-type = To confirm, type { $typed }
erase-do = Erase this person
erase-own = Nobody erases themself. Another admin can do it, or “mailmoot erase” at the server.
erase-was = This person was erased.
erase-held = { $n ->
    [one] A legal hold keeps 1 message, with its author’s name and its original mail. Lifting it erases them, too.
   *[other] A legal hold keeps { $n } messages, with their author’s name and their original mails. Lifting it erases them, too.
}
problem-not-confirmed = Nothing was erased: what was typed is not what was asked for.
directory-erased = was erased here, and is left out
audit-address-readmitted = Let an erased address come back
audit-person-erased = Erased a person
audit-erased-texts = { $id }, with all they wrote
audit-erased-name = { $id }; what they wrote stays
cli-erased = Erased. Their id was { $id }.
cli-erase-no-person = There is nobody with this id.
cli-erase-type = To confirm, type { $typed }:
cli-readmitted = Directories and files may bring { $address } again.
cli-not-kept-out = { $address } was not kept out.
help-erase = Takes a person out for good: account, address-book entry, addresses, mails
help-erase-person = Their mail address, or their id
help-erase-texts = The texts and the files of their messages go, too
help-erase-yes = Do not ask
help-erase-readmit = Erases nobody: lets directories bring an erased address again

## How long things are kept

keep = Kept
keep-label = Delete messages after so many days
keep-about = Empty: messages are kept for ever. Whoever owns the group gets a mail 7 days before the first ones go.
keep-about-house = Empty: { $n ->
    [one] after 1 day
   *[other] after { $n } days
}, as everywhere here; less is possible. Whoever owns the group gets a mail 7 days before the first ones go.
keep-days = { $n ->
    [one] after 1 day
   *[other] after { $n } days
}
keep-as-house = as everywhere here
kept-here = { $n ->
    [one] Messages are deleted after 1 day.
   *[other] Messages are deleted after { $n } days.
}
message-expired = Deleted for its age
held-here = A legal hold keeps everything said here; nothing can be removed. Reason:
hold = Legal hold
holds = Legal holds
holds-lead = Nothing said in a group with a legal hold goes: no member removes it, no period ends it, and who is erased stays in it. Its members see the hold and its reason, and the audit log says who set or lifted it.
holds-find = Find a group by its topic
holds-none = No group has a legal hold.
holds-nothing = No group has such a topic.
hold-why = Reason, which the members see
hold-set = Set the hold
hold-lift = Lift the hold
problem-held = A legal hold keeps everything that was said in this group. Ask your admin.
problem-days = Choose a number of days from 1 to { $limit }, or none.
config-expected-days = a number of days from 1 to 36500, such as 365
audit-hold-set = Set a legal hold
audit-hold-lifted = Lifted a legal hold
audit-retention-set = Changed how long messages are kept
audit-messages-expired = Messages were deleted for their age
mail-retention-subject = Messages of { $topic } are deleted soon
mail-retention-what = Messages of “{ $topic }” are deleted after { $days ->
    [one] 1 day
   *[other] { $days } days
}. From { $from } on, { $n ->
    [one] 1 message goes
   *[other] { $n } messages go
} so within a week, with files and all.
mail-retention-advice = What you need for longer you can export in the group’s settings, or share by mail. There it also says how long messages are kept.
mail-retention-button = The group’s settings
mail-retention-why = You get this mail because you own this group.

## From where something was done

audit-from = From
audit-from-command-line = command line
audit-from-mail = mail from { $host }
audit-csv = Download as CSV
audit-person = Id of the person
audit-detail = Details
audit-audit-downloaded = Downloaded the audit log
settings-section-retention = How long things are kept
setting-retention-messages = Delete messages after
setting-retention-mails = Forget the mail ledger after
setting-retention-audit = Forget the audit log after
settings-secret-moved = { $name } would come back, but its server was changed since: a password goes to nobody but the server that it was for. Type it again on the page of its section.
settings-secret-again = Type it again: it would go to another server.
settings-secret-outside = { $place } would go to another server. Change the server where { $place } stands, or keep both here.
settings-secret-retype = Type it once more: what is secret is not sent back to this page.

## What the organisation has set for everybody

rules = Rules of your organisation
rules-lead = What your administrators have set for everybody here.
rules-start = Starting groups
rules-start-all = Everybody in the organisation may start groups.
rules-start-you = Only some people in the organisation may start groups. You are one of them.
rules-start-others = Only some people in the organisation may start groups. You can take part in every group that you are added to.
rules-outside = Members from outside
rules-members-all = People from outside can be members, whatever their domain.
rules-members-none = Nobody from outside the organisation can be made a member.
rules-members = From outside, only people of these domains can be made members: { $domains }.
rules-sharing = Shared pages
rules-links = Who shares something decides whether everybody with the link may open it, or only members of the group.
rules-no-links = Shared pages can be opened by members of the group only, whatever the group itself allows.
rules-share-days = { $n ->
    [one] A shared page can be open for { $n } day at the most.
   *[other] A shared page can be open for { $n } days at the most.
}
rules-share-mails = Mails of what is shared
rules-shares-all = What is shared may be mailed to every domain.
rules-shares-none = What is shared may be mailed to nobody outside the organisation.
rules-shares = Outside the organisation, what is shared may be mailed to these domains only: { $domains }.
rules-files = Files
rules-files-size = A file can have { $size } at the most.
rules-files-refused = These kinds are not taken: { $endings }.
rules-keeping = How long messages are kept
rules-kept-days = { $n ->
    [one] Messages are deleted after { $n } day. Owners of a group can choose fewer.
   *[other] Messages are deleted after { $n } days. Owners of a group can choose fewer.
}
rules-kept-for-ever = Messages are kept for ever, unless the owners of a group choose otherwise.
rules-signed-in = Links and sign-in
rules-link-lasts = The personal link in an invitation signs you in for { $time } after it was made.
rules-session-lasts = You stay signed in until you have not been here for { $time }.
rules-language = Language
rules-language-words = Whoever has not chosen a language gets mails in: { $language }.
lasting-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
lasting-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
draft-left-out = will be left out
draft-left-out-why = { $n ->
    [one] One of them can’t be a member and will be left out of the group: your organisation does not allow members from that domain.
   *[other] { $n } of them can’t be members and will be left out of the group: your organisation does not allow members from their domains.
}
draft-departed-why = { $n ->
    [one] One of them has left the organisation, as its address book says, and will be left out of the group.
   *[other] { $n } of them have left the organisation, as its address book says, and will be left out of the group.
}
problem-member-not-allowed = { $name } can’t be made a member: your organisation does not allow members from { $domain }.
problem-links-not-allowed = Your organisation lets only members of the group open what is shared.
problem-may-not-start = Only some people in your organisation may start groups. Ask one of them, or your administrator.
config-expected-starters = addresses and domains such as eva@corp.example or sales.example, with commas between; none for admins only; or * for all
config-expected-share-lasts = a number of days: 1, 7, 30, 90 or 365
config-expected-lifetime = a time from 1h to 730d, such as 30d
settings-section-policy = Company rules
setting-policy-outside-members = Outside domains that members may come from
setting-policy-starters = Who may start groups
setting-policy-share-links = Shared pages for everybody with the link
setting-policy-share-lasts = Longest time that a shared page is open, in days
setting-policy-link-lasts = How long links in invitations last
setting-policy-session-lasts = Signed out after this time away

## A quiet time that an admin announces

maintenance = Maintenance
maintenance-lead = While it holds, everybody can read, and nobody can change anything. Mails stay in the mailbox and are fetched afterwards; what is to be sent waits. Nothing is lost. Admins end it here; whoever is signed out gets in by a password, a provider, or a link that “mailmoot admin ADDRESS” prints, since no mail is sent.
maintenance-holds = Maintenance: nothing can be changed now.
maintenance-ends = It ends
maintenance-no-change = Your administrator has announced maintenance, so nothing was saved. What you typed is still in its field: send it again when it is over. Everything can be read meanwhile.
maintenance-lasts = How long
maintenance-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
maintenance-until-ended = Until an admin ends it
maintenance-why = What people are told beside
maintenance-why-hint = The mail server moves to a new machine.
maintenance-begin = Begin maintenance
maintenance-change = Change it
maintenance-end = End maintenance
audit-maintenance-begun = Began maintenance
audit-maintenance-ended = Ended maintenance
help-maintenance = Announces a quiet time, in which nothing is changed, fetched or sent; or ends it
help-maintenance-word = on, off, or nothing to be told what holds
help-maintenance-for = How long, such as 30m or 2h; without it until it is ended
help-maintenance-why = What people are told beside
cli-maintenance-begun = Maintenance begins. A server that runs knows it within half a minute.
cli-maintenance-ended = Maintenance is over. A server that runs knows it within half a minute.
cli-maintenance-until = There is maintenance, until { $at }.
cli-maintenance-holds = There is maintenance, until it is ended.
cli-maintenance-none = There is no maintenance.

## A copy of all that is said, for those who have to keep it

config-expected-own-address = an address that is none of mailmoot’s other accounts
config-expected-own-domains = domains that no other account is for
config-expected-own-mailbox = a mailbox, or a folder, that no other account reads
config-expected-other-folder = a folder that is not the one that mails are fetched from
config-expected-user = a user name
check-branch = Account “{ $name }”: { $what }
added-many = You have added { $n } people.
added-many-some = You have added { $n } people; { $goes } of them have not written since and can go again.
added-many-invited = { $n ->
    [one] 1 invitation has
   *[other] { $n } invitations have
} gone out already; after undoing, the link in it says that it was a mistake.
undo = Undo
check-people = People’s mailboxes, { $what }
check-people-login = IMAP: people can sign in by a password
check-saw-login-disabled = the server takes no passwords here (LOGINDISABLED)
check-advice-login-disabled = Take the port and protection with which people’s mail programs sign in, in { $section }port and { $section }security: many servers take passwords only under TLS. A server that takes no passwords at all cannot check them: then leave sign_in.mail_password and sign_in.own_mailbox off.
check-archive = Archive, { $what }
concern-archive-stands = Nothing can be put into the archive: { $words }
concern-advice-archive = Nothing is lost: what is said waits here and is put there when the server answers. Run “mailmoot check”, which says which step fails and what to do; the folder must be there, and have room.
concern-directory-silent = The directory “{ $directory }” can’t be read
concern-directory-stands = The directory “{ $directory }” can’t be read: { $words }
concern-advice-directory = The address book stays as it was: who has left is still let in, who is new is not found. The page “Directories” says what is in the way and what to do about it; “Read it now” tries at once.
settings-section-archive = Archive
setting-archive-folder = Folder
setting-archive-host = Server, if it is not that of the mailbox
setting-archive-port = Port
setting-archive-security = Protection
setting-archive-user = User
setting-archive-auth = Sign-in by password or OAuth
setting-archive-password = Password
setting-archive-ca-file = File with the server’s own certificate authority

## Departments and lists
set-department = Department
set-list = Distribution list
set-department-of = { $n ->
    [one] Department · { $n } person
   *[other] Department · { $n } people
}
set-list-of = { $n ->
    [one] Distribution list · { $n } entry
   *[other] Distribution list · { $n } entries
}
set-choose = { $n ->
    [one] One person can be added. Untick whoever should not be.
   *[other] { $n } people can be added. Untick whoever should not be.
}
set-add = Add the ticked people
set-back = Back
set-nobody = There is nobody here to be added.
set-names = { $names }
set-already = Already in it ({ $n }):
set-departed = Have left the organisation and are not added ({ $n }):
set-unknown = { $n ->
    [one] One entry of the list is not in the address book, most often because it has no mail address. It is not added.
   *[other] { $n } entries of the list are not in the address book, most often because they have no mail address. They are not added.
}
set-too-many = { $n ->
    [one] A group can have 500 people. Untick one at least.
   *[other] A group can have 500 people. Untick { $n } at least.
}
draft-list = The mail also went to “{ $name }”. That is a distribution list, not a person: its people can be added.
draft-list-look = See its people
directory-list-card = this vCard is a list of people. Lists are taken from directories (LDAP, CardDAV), not from files. It is left out.
directory-long-list = this distribution list has { $value } entries. More than 5,000 are not kept, and it cannot be added to groups.
directory-lists-unread = distribution lists could not be read there ({ $value }); those that are known stay. Look at list_base and list_filter, or set lists = false.
directory-lists-changed = { $n ->
    [one] One distribution list is new, changed or gone.
   *[other] { $n } distribution lists are new, changed or gone.
}

## Errors and directories on the status page
status-failures = Errors of the last day
status-failures-none = None.
status-look-directories = Directories, with what came of each time
status-hours-old = { $n ->
    [0] less than an hour old
    [one] { $n } hour old
   *[other] { $n } hours old
}
status-days-old = { $n ->
    [one] { $n } day old
   *[other] { $n } days old
}
failure-mail-set-aside = Mails that were set aside
failure-mail-given-up = Mails out that were given up
failure-directory = Directories that could not be read
failure-work = Tried again: { $work }

# A first start
set-up = Set up mailmoot
set-up-lead = mailmoot works beside your mail system, with one mail account of its own. Nothing in your mail system changes.
set-up-open = This page comes without encryption: a password that you type can be read on the way. Open it on the machine itself, or through an SSH tunnel.
set-up-address = Mail address of the account
set-up-address-about = A new account with an empty inbox, made for mailmoot alone.
set-up-find = Find the servers
set-up-by-hand = I know the servers
set-up-find-about = The domain of the address is asked for its mail servers. No password is sent anywhere until you have seen them.
set-up-account = The account
set-up-house = This mailmoot
set-up-you = You
set-up-you-about = You become the first admin, and are signed in at once.
set-up-your-name = Your name
set-up-no-address = This is no mail address. Type your own, such as you@company.com.
set-up-begin = Check and begin
set-up-anyway = Begin anyway
set-up-begin-about = Connects and signs in to both servers. That takes up to half a minute. If it works, mailmoot begins; everything can be changed later in Settings. An account that signs in by OAuth is set up in a mailmoot.toml, see docs/admin.
set-up-steps-failed = Something does not work yet; below each server stands what. Nothing was kept: change what is wrong, type the password again, and check once more.
set-up-failed = mailmoot could not begin, and nothing was kept. { $why }
set-up-already = mailmoot is set up already
set-up-already-about = Somebody has done it meanwhile. Sign in with your mail address. If that is another machine's doing, start mailmoot here anew.
set-up-closed = mailmoot is not set up yet
set-up-closed-about = Whoever started it finds a link for that in the terminal, or in the log of the service. If you are waiting for your group, come back a little later.
set-up-done = mailmoot runs
set-up-done-about = It reads its mail account and sends from it. What you typed is kept, the password encrypted.
set-up-moved = Its pages are at { $url } from now on: let your web server pass requests on to { $listen }.
set-up-local = Its links begin with this address, which only this machine can open. Set “Address of the pages” in Settings before you invite others.
set-up-sign-in = Sign in
set-up-next-check = On the first page, press “Check now”: mailmoot sends a mail to itself, and says whether everything works.
set-up-next-people = In Directories you import your colleagues, or connect the company’s directory.
set-up-next-try = Then forward any mail thread to mailmoot: the draft of a group comes back within seconds.
set-up-link-about = The link signs you in once, in the browser that opens it first. “mailmoot admin” with your address makes another one.
set-up-terminal = mailmoot is not set up yet. Open this page to do so:
set-up-terminal-tunnel = From another machine: ssh -L { $port }:127.0.0.1:{ $port } MACHINE, then open it there.
set-up-terminal-file = Or write a mailmoot.toml, as docs/ADMIN.md shows, and start again.
set-up-hint = `mailmoot serve` without any settings shows a page to type them.
