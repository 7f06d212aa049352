//! Preparing a share: each change is saved when it is made. Texts say which ones they were typed over, so that a second
//! window loses nothing; everything else is small, and the last one holds.

use super::super::{ActionError, Actions, Conflict, Problem, Result, access, policy};
use super::password;
use crate::domain::audit::Deed;
use crate::domain::ids::{GroupId, ShareId};
use crate::domain::person::Viewer;
use crate::domain::share::{Access, Context, Share, ShareForm, ShareItem, ShareState};
use crate::domain::topic::{Topic, TopicProblem};
use crate::store::{self, Tx};

/// Title and note as somebody typed them.
#[derive(Clone, Debug)]
pub struct ShareText {
    pub title: String,
    pub note: String,
    /// How often the texts had been saved when they began to type.
    pub saves: i64,
}

/// A change of what a share shows.
#[derive(Clone, Debug)]
pub enum ShareChange {
    Form(ShareForm),
    /// All items by number, in another order. What is not named comes after.
    Order(Vec<i64>),
    Move {
        item: i64,
        step: Step,
    },
    Context {
        item: i64,
        context: Context,
    },
    /// Takes an item out, or brings it back.
    TakeOut {
        item: i64,
        out: bool,
    },
}

/// Where an item moves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Up,
    Down,
    First,
    Last,
}

/// Who can open its page, and how long.
#[derive(Clone, Debug)]
pub struct AccessChange {
    pub access: Access,
    /// In days.
    pub lasts: i64,
    /// Another password, or none any more; `None` leaves it as it is.
    pub password: Option<String>,
}

impl Actions {
    /// Saves title and note. How often they were saved by now.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but the sharer, [`ActionError::Conflict`] with what was saved elsewhere
    /// meanwhile, [`ActionError::Invalid`] when a text is too long.
    pub async fn save_share_text(&self, viewer: &Viewer, id: ShareId, text: ShareText) -> Result<i64> {
        let title = one_line(&text.title)?;
        let note: String = text.note.replace("\r\n", "\n").chars().filter(|c| is_text(*c)).collect();
        if note.chars().count() > Share::LONGEST_NOTE {
            return Err(ActionError::invalid("note", Problem::TooLong { limit: Share::LONGEST_NOTE }));
        }
        let (now, person) = (self.clock.now(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let mut share = access::own_share(tx, person, id).await?.share;
                if share.title == title && share.note == note {
                    return Ok(share.saves);
                }
                if share.saves != text.saves {
                    let Share { title, note, saves, .. } = share;
                    return Err(ActionError::Conflict(Conflict::SharedElsewhere { title, note, saves }));
                }
                (share.title, share.note, share.saves, share.changed_at) =
                    (title, note, share.saves + 1, now);
                store::shares::update(tx, &share).await?;
                Ok(share.saves)
            })
            .await
    }

    /// Changes what a share shows, and how. What is so already stays so. Seven statements at the most.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but the sharer, [`ActionError::NotFound`] for an item that is not there.
    pub async fn change_share(&self, viewer: &Viewer, id: ShareId, change: ShareChange) -> Result<()> {
        let (now, person) = (self.clock.now(), viewer.person_id);
        self.store
            .write(async move |tx| {
                let mut share = access::own_share(tx, person, id).await?.share;
                if let ShareChange::Form(form) = change {
                    share.form = form;
                } else {
                    let items = store::shares::items::list(tx, id).await?;
                    change_items(tx, id, items, change).await?;
                }
                share.changed_at = now;
                Ok::<_, ActionError>(store::shares::update(tx, &share).await?)
            })
            .await
    }

    /// Says who can open a share's page, and how long from now on. Holds at once for one that is out.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] for all but the sharer and, once it is out, the group's owners;
    /// [`ActionError::Invalid`] when the owners keep content inside, or the password is too short or too long.
    pub async fn set_share_access(&self, viewer: &Viewer, id: ShareId, change: AccessChange) -> Result<()> {
        let (now, actions, by) = (self.clock.now(), self.clone(), viewer.clone());
        let password = match change.password {
            Some(words) if words.is_empty() => Some(None),
            Some(words) => Some(Some(password::hash(self, words).await?)),
            None => None,
        };
        self.store
            .write(async move |tx| {
                let kept = access::share_for_change(tx, by.person_id, id).await?;
                let mut share = kept.share;
                if change.access == Access::Link {
                    policy::check_share_link(actions.policy(), &kept.group)?;
                }
                let lasts = if Share::LASTS.contains(&change.lasts) { change.lasts } else { share.lasts };
                let lasts = actions.policy().share_lasts(lasts);
                if share.lasts != lasts && share.expires_at.is_some() {
                    share.expires_at = Some(Share { lasts, ..share.clone() }.end(now));
                }
                (share.access, share.lasts) = (change.access, lasts);
                share.password_hash = password.unwrap_or(share.password_hash);
                store::shares::update(tx, &share).await?;
                if share.state != ShareState::Out {
                    return Ok(());
                }
                let (outside, password) = (share.access == Access::Link, share.password_hash.is_some());
                let deed = Deed::ShareOpened { share: id, outside, password };
                actions.audit(tx, (&by).into(), Some(share.group_id), deed).await
            })
            .await
    }

    /// Forgets a share that never went out.
    ///
    /// # Errors
    /// [`ActionError::Forbidden`] for all but the sharer, and once it went out.
    pub async fn discard_share(&self, viewer: &Viewer, id: ShareId) -> Result<GroupId> {
        let person = viewer.person_id;
        self.store
            .write(async move |tx| {
                let share = access::own_share(tx, person, id).await?.share;
                let gone = store::shares::delete_draft(tx, id).await?;
                if gone { Ok(share.group_id) } else { Err(ActionError::Forbidden) }
            })
            .await
    }
}

async fn change_items(tx: &mut Tx, id: ShareId, items: Vec<ShareItem>, change: ShareChange) -> Result<()> {
    let find =
        |number: i64| items.iter().find(|item| item.number == number).cloned().ok_or(ActionError::NotFound);
    let changed = match change {
        ShareChange::Context { item, context } => ShareItem { context, ..find(item)? },
        ShareChange::TakeOut { item, out } => ShareItem { taken_out: out, ..find(item)? },
        ShareChange::Order(wanted) => return set_order(tx, id, ordered(&items, &wanted)).await,
        ShareChange::Move { item, step } => {
            find(item)?;
            return set_order(tx, id, moved(&items, item, step)).await;
        }
        ShareChange::Form(_) => return Ok(()),
    };
    store::shares::items::update(tx, id, &changed).await?;
    Ok(())
}

async fn set_order(tx: &mut Tx, id: ShareId, numbers: Vec<i64>) -> Result<()> {
    let ranks: Vec<(i64, i64)> = numbers.into_iter().zip(1..).collect();
    Ok(store::shares::items::set_ranks(tx, id, &ranks).await?)
}

/// All numbers, first those that were asked for. A number that is none of the share's, or stands twice, counts for nothing.
fn ordered(items: &[ShareItem], wanted: &[i64]) -> Vec<i64> {
    let mut order: Vec<i64> = Vec::with_capacity(items.len());
    for number in wanted.iter().copied().chain(items.iter().map(|item| item.number)) {
        if items.iter().any(|item| item.number == number) && !order.contains(&number) {
            order.push(number);
        }
    }
    order
}

fn moved(items: &[ShareItem], number: i64, step: Step) -> Vec<i64> {
    let mut order: Vec<i64> = items.iter().map(|item| item.number).collect();
    let Some(at) = order.iter().position(|other| *other == number) else { return order };
    let to = match step {
        Step::Up => at.saturating_sub(1),
        Step::Down => (at + 1).min(order.len() - 1),
        Step::First => 0,
        Step::Last => order.len() - 1,
    };
    let moving = order.remove(at);
    order.insert(to, moving);
    order
}

/// What somebody typed as a title, on one line; nothing while they are still thinking.
fn one_line(title: &str) -> Result<String> {
    match title.parse::<Topic>() {
        Ok(line) => Ok(line.as_str().to_owned()),
        Err(TopicProblem::Empty) => Ok(String::new()),
        Err(TopicProblem::TooLong) => {
            Err(ActionError::invalid("title", Problem::TooLong { limit: Topic::LONGEST }))
        }
    }
}

/// PostgreSQL keeps no NUL, and nobody types the others.
fn is_text(c: char) -> bool {
    !c.is_control() || matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mark::What;
    use crate::domain::message::Body;

    fn items(numbers: &[i64]) -> Vec<ShareItem> {
        let item = |number: &i64| ShareItem {
            number: *number,
            rank: 0,
            message_id: uuid::Uuid::nil().into(),
            seq: 1,
            mark_id: None,
            what: What::Message,
            file_id: None,
            url: String::new(),
            said: Body::default(),
            edits: 0,
            context: Context::default(),
            taken_out: false,
        };
        numbers.iter().map(item).collect()
    }

    #[test]
    fn an_order_names_each_item_once_whatever_was_asked() {
        assert_eq!(ordered(&items(&[1, 2, 3]), &[3, 3, 9, 1]), [3, 1, 2]);
        assert_eq!(ordered(&items(&[1, 2, 3]), &[]), [1, 2, 3]);
    }

    #[test]
    fn an_item_moves_as_far_as_there_is_room() {
        for (number, step, order) in [
            (2, Step::Up, [2, 1, 3]),
            (2, Step::Down, [1, 3, 2]),
            (1, Step::Up, [1, 2, 3]),
            (3, Step::Down, [1, 2, 3]),
            (3, Step::First, [3, 1, 2]),
            (1, Step::Last, [2, 3, 1]),
        ] {
            assert_eq!(moved(&items(&[1, 2, 3]), number, step), order, "{number} {step:?}");
        }
    }
}
