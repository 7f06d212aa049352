use super::*;
use crate::mail::incoming::FailureClass;

fn dsn(status: &str) -> crate::mail::incoming::DeliveryReport {
    let parts = [Part { media_type: "message/delivery-status".into(), text: status.into() }];
    match find_report(&Headers::default(), &parts, "") {
        Some(Report::Delivery(report)) => report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_delivery_report_is_read() {
    let report = dsn(
        "Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: e1\n\nFinal-Recipient: rfc822; Anna@corp.example\n\
         Action: failed\nStatus: 5.1.1 (bad)\nDiagnostic-Code: smtp; 550 5.1.1\n no such user\n",
    );
    let first = &report.recipients[0];
    assert_eq!((first.final_recipient.as_str(), first.action.as_str()), ("Anna@corp.example", "failed"));
    assert_eq!((first.status.as_deref(), first.class), (Some("5.1.1"), FailureClass::Hard));
    assert_eq!(first.diagnostic.as_deref(), Some("550 5.1.1 no such user"));
    assert_eq!(report.envelope_id.as_deref(), Some("e1"));
    assert_eq!(report.reporter.as_deref(), Some("mx.example"));
}

#[test]
fn fields_that_servers_leave_out_are_made_up_for() {
    let report = dsn("Final-Recipient: <anna@corp.example>\nStatus: 4.2.2\n");
    let first = &report.recipients[0];
    assert_eq!((first.action.as_str(), first.class), ("delayed", FailureClass::Full));
    let report = dsn("Original-Recipient: rfc822;bob@corp.example\nAction: delivered\nStatus: 2.0.0\n");
    assert_eq!(report.recipients[0].final_recipient, "bob@corp.example");
}

#[test]
fn a_disposition_report_is_read() {
    let text = "Final-Recipient: RFC822; bob@corp.example\nOriginal-Message-ID: <m@corp.example>\n\
         Disposition: manual-action/MDN-sent-manually; displayed/error\n";
    let parts = [Part { media_type: "message/disposition-notification".into(), text: text.into() }];
    let Some(Report::Disposition(report)) = find_report(&Headers::default(), &parts, "") else { panic!() };
    assert_eq!(report.disposition, "displayed");
    assert_eq!(report.mode, "manual-action/MDN-sent-manually");
    assert_eq!(report.final_recipient.as_deref(), Some("bob@corp.example"));
    assert_eq!(report.original_message_id.as_deref(), Some("m@corp.example"));
}

#[test]
fn a_server_that_speaks_in_words_is_understood() {
    let headers =
        Headers::of_text("From: MAILER-DAEMON@mx.example\nSubject: failure notice\nReturn-Path: <>\n");
    let text = "Hi. This is the qmail-send program.\n\n<anna@corp.example>:\n550 5.1.1 no such user\n\n\
        --- Below this line is a copy of the message.\n\nMessage-ID: <m@corp.example>\nFrom: bob@corp.example\n";
    let Some(Report::Delivery(report)) = find_report(&headers, &[], text) else { panic!() };
    assert_eq!(report.recipients.len(), 1);
    assert_eq!(report.recipients[0].final_recipient, "anna@corp.example");
    assert_eq!(report.recipients[0].class, FailureClass::Hard);
    assert_eq!(report.original_message_id.as_deref(), Some("m@corp.example"));
    let person = Headers::of_text("From: anna@corp.example\nSubject: Undeliverable mail?\n");
    assert!(find_report(&person, &[], text).is_none());
}
