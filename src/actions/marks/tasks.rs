//! Actions that were agreed: who does them, until when, and that they are done. Every member says so.

use super::{NewMark, is_action};
use crate::actions::changes::Subject;
use crate::actions::{ActionError, Actions, Problem, Result};
use crate::domain::day::Day;
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, MarkId, PersonId};
use crate::domain::job::Job;
use crate::domain::mark::{Done, Mark, Somebody, Task};
use crate::domain::message::Message;
use crate::domain::person::Viewer;
use crate::domain::tag::Tag;
use crate::store::{self, Tx};

/// What is said anew about a task; the outer `None` leaves it as it is, the inner one takes it away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskChange {
    pub assignee: Option<Option<PersonId>>,
    pub due_on: Option<Option<Day>>,
    pub done: Option<bool>,
}

impl Actions {
    /// Says who does an action, until when, and whether it is done. Whoever was to do it stays so after they left.
    ///
    /// # Errors
    /// [`ActionError::NotFound`] when the mark is not there for this person, [`ActionError::Invalid`] when it marks no
    /// action, or the assignee is no member.
    pub async fn set_task(
        &self,
        viewer: &Viewer,
        mark: (GroupId, MarkId),
        change: TaskChange,
    ) -> Result<Message> {
        let (actions, viewer_too, now) = (self.clone(), viewer.clone(), self.clock.now());
        let by = Somebody { id: Some(viewer.person_id), name: viewer.full_name.clone() };
        let work = async move |tx: &mut Tx, subject: &Subject, mark: Mark| {
            if !is_action(&mark.tag) {
                return Err(ActionError::invalid("task", Problem::NoTask));
            }
            let mut task = mark.task.clone();
            if let Some(wanted) = change.assignee {
                let is_same = wanted == task.assignee.as_ref().and_then(|somebody| somebody.id);
                if !is_same {
                    task.assignee = assignee(tx, &subject.group, wanted).await?;
                }
            }
            task.due_on = change.due_on.unwrap_or(task.due_on);
            task.done = match change.done {
                Some(true) => task.done.or(Some(Done { by, at: now })),
                Some(false) => None,
                None => task.done,
            };
            if task == mark.task {
                return Ok(false);
            }
            store::marks::set_task(tx, mark.id, &task).await?;
            if task.assignee != mark.task.assignee {
                store::asked::mark_told(tx, &[mark.id]).await?;
                let about = (mark.group(), &viewer_too);
                actions.ask_for_tasks(tx, about, (&task, &[mark.id])).await?;
            }
            Ok(true)
        };
        let message = self.change_mark(viewer, mark, work).await?;
        self.bell.ring();
        Ok(message)
    }

    /// Sees to it that whoever is to do these actions is told by mail, unless they took them themselves. In the caller's
    /// transaction. Three statements at the most.
    pub(super) async fn ask_for_tasks(
        &self,
        tx: &mut Tx,
        (group, by): (GroupId, &Viewer),
        (task, marks): (&Task, &[MarkId]),
    ) -> Result<()> {
        let assignee = task.assignee.as_ref().and_then(|somebody| somebody.id);
        let Some(assignee) = assignee.filter(|person| *person != by.person_id && !marks.is_empty()) else {
            return Ok(());
        };
        let Some(member) = store::groups::find_member(tx, group, assignee).await? else { return Ok(()) };
        let now = self.clock.now();
        store::asked::ask(tx, marks, &by.full_name, now).await?;
        let job = (self.clock.new_id(), Job::MailTasks { member: member.id });
        Ok(store::jobs::add(tx, &[job], now + self.settings.mail.hold, now).await?)
    }

    /// The task of a new mark; none for what is no action.
    pub(super) async fn new_task(
        &self,
        tx: &mut Tx,
        group: &Group,
        (tag, new): (&Tag, &NewMark),
    ) -> Result<Task> {
        if !is_action(tag) {
            return Ok(Task::default());
        }
        Ok(Task { assignee: assignee(tx, group, new.assignee).await?, due_on: new.due_on, done: None })
    }
}

/// A member by their name of today.
async fn assignee(tx: &mut Tx, group: &Group, person: Option<PersonId>) -> Result<Option<Somebody>> {
    let Some(id) = person else { return Ok(None) };
    let nobody = || ActionError::invalid("who", Problem::NoMember);
    store::groups::find_member(tx, group.id, id).await?.ok_or_else(nobody)?;
    let person = store::persons::find(tx, id).await?.ok_or_else(nobody)?;
    Ok(Some(Somebody { id: Some(id), name: person.full_name }))
}
