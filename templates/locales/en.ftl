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
