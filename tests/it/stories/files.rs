//! Files that wait for a message: so much of each person's, and for a day.

use std::time::Duration;

use mailmoot::actions::{ActionError, Problem};
use mailmoot::domain::file::File;
use mailmoot::domain::ids::GroupId;
use mailmoot::domain::person::Viewer;

use crate::support::files::{self, contents, send};
use crate::support::house::{DAVID, House, WANG, Wanted, eventually, on_both};

const A_DAY: Duration = Duration::from_secs(24 * 3600);

async fn bring(house: &House, who: &Viewer, group: GroupId, bytes: &[u8]) -> Result<File, ActionError> {
    files::bring(house, who, group, ("plan.txt", bytes)).await
}

#[tokio::test]
async fn a_file_that_no_message_names_is_forgotten_after_a_day() {
    on_both(Wanted::standing, async |house| {
        let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
        let before = contents(&house);
        let lonely = bring(&house, &anna, group, b"lonely").await.unwrap();
        let shared = bring(&house, &anna, group, b"shared").await.unwrap();
        let used = bring(&house, &anna, group, b"shared").await.unwrap();
        send(&house, &anna, group, &[&used]).await.unwrap();
        house.later(A_DAY - Duration::from_secs(1));
        let late = bring(&house, &anna, group, b"lonely").await.unwrap();
        house.later(Duration::from_secs(1));
        // What may be taken away at any time can't be sent any more.
        let refused = send(&house, &anna, group, &[&lonely]).await;
        assert!(
            matches!(refused, Err(ActionError::Invalid { problem: Problem::FileGone, .. })),
            "{refused:?}"
        );
        house.later(Duration::from_secs(3601));
        house.actions.clear_unused_files().await.unwrap();
        for gone in [&lonely, &shared] {
            assert!(matches!(house.actions.open_file(&anna, gone.id).await, Err(ActionError::NotFound)));
        }
        // The same contents under another name stay, used or still waiting.
        send(&house, &anna, group, &[&late]).await.unwrap();
        for there in [&used, &late] {
            house.actions.open_file(&anna, there.id).await.unwrap();
        }
        assert_eq!(contents(&house), before + 2);
    })
    .await;
}

#[tokio::test]
async fn a_worker_clears_unused_files_and_their_contents() {
    let house = House::with(Wanted::standing()).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let before = contents(&house);
    bring(&house, &anna, group, b"lonely").await.unwrap();
    bring(&house, &anna, group, b"lonely").await.unwrap();
    assert_eq!(contents(&house), before + 1);
    house.later(A_DAY * 2);
    // It looks at its start, and then every hour.
    let house = house.restarted().await;
    eventually(async || (contents(&house) == before).then_some(())).await;
}

#[tokio::test]
async fn a_person_brings_so_much_and_then_has_to_send_it() {
    let mut wanted = Wanted::standing();
    wanted.limits.file_size = 100;
    let house = House::with(wanted).await;
    let (anna, group) = house.group("Plan", &[WANG, DAVID]).await;
    let mut brought = Vec::new();
    for number in 0..9u8 {
        brought.push(bring(&house, &anna, group, &[number; 100]).await.unwrap());
    }
    brought.push(bring(&house, &anna, group, &[9; 60]).await.unwrap());
    let too_much = |done: Result<File, ActionError>| {
        matches!(done, Err(ActionError::Invalid { problem: Problem::TooMuchWaits { limit: 1000 }, .. }))
    };
    let before = contents(&house);
    assert!(too_much(bring(&house, &anna, group, &[10; 41]).await));
    assert_eq!(contents(&house), before, "what is refused leaves nothing");
    brought.push(bring(&house, &anna, group, &[11; 40]).await.unwrap());
    // Before a byte is taken.
    assert!(matches!(house.actions.begin_upload(&anna, group).await, Err(ActionError::Invalid { .. })));
    bring(&house, &house.person(WANG).await, group, &[12; 100]).await.unwrap();
    send(&house, &anna, group, &brought.iter().collect::<Vec<_>>()).await.unwrap();
    bring(&house, &anna, group, &[13; 100]).await.unwrap();
}
