//! The Marks page, of a group and over all groups: what was marked, by time, type, topic, tag and person, with counts,
//! views that are kept, and a form in which it prints well. Without script every choice is a link.

mod address;
mod facets;
mod rows;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::calendar;
use super::error::{Failure, Trouble, WebResult};
use super::filters;
use super::path::Path;
use super::state::WebState;
use super::view::View;
use super::visit::Member;
use crate::actions::ActionError;
use crate::actions::mark_lists::{Asked, MarkPage};
use crate::actions::saved_views::NewView;
use crate::domain::group::Group;
use crate::domain::ids::{GroupId, SavedViewId};
use crate::domain::mark_query::{Key, MarkQuery};
use crate::domain::period::Period;
use crate::domain::saved_view::ViewName;
use crate::texts::Texts;
use address::Address;
use facets::{Choice, FacetView, Writer};
use rows::{Row, Section};

/// What stands on the page, without the frame around it: a script renews it.
#[derive(Template)]
#[template(path = "marks/_list.html")]
pub struct MarksPart {
    t: Texts,
    address: Address,
    page: MarkPage,
    sections: Vec<Section>,
    facets: Vec<FacetView>,
    groupings: Vec<Choice>,
    narrowed: Vec<Choice>,
    beside: Option<[Choice; 2]>,
    tried: Tried,
}

impl HtmlSafe for MarksPart {}

#[derive(Template)]
#[template(path = "marks/page.html")]
pub struct MarksPage {
    pub view: View,
    pub part: MarksPart,
}

/// A view that could not be kept: its name as it was typed, and why.
#[derive(Clone, Debug, Default)]
struct Tried {
    name: String,
    problem: Option<String>,
}

/// The parameters of a URL, in their order; names may stand there more than once.
type Parameters = Vec<(String, String)>;

/// GET /marks
pub async fn everywhere(
    State(state): State<WebState>,
    member: Member,
    Query(asked): Query<Parameters>,
) -> WebResult<Response> {
    show(&state, &member, (None, &asked), Tried::default()).await
}

/// GET /groups/{id}/marks
pub async fn in_group(
    State(state): State<WebState>,
    member: Member,
    Path(group): Path<GroupId>,
    Query(asked): Query<Parameters>,
) -> WebResult<Response> {
    show(&state, &member, (Some(group), &asked), Tried::default()).await
}

async fn show(
    state: &WebState,
    member: &Member,
    (group, asked): (Option<GroupId>, &Parameters),
    tried: Tried,
) -> WebResult<Response> {
    let value = |name| asked.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
    let address = Address::in_zone(group, value("zone").unwrap_or_default());
    let page = state.actions.list_marks(
        &member.viewer,
        Asked {
            group,
            query: query_of(asked),
            zone: address.zone,
            after: value("after").and_then(Key::parse),
            is_long: value("long").is_some(),
        },
    );
    let part = MarksPart::of(member.visit.texts(), address, page.await?, tried);
    let html = if member.visit.wants_part {
        part.render()
    } else {
        MarksPage { view: member.view(state).await?, part }.render()
    };
    Ok(Html(html.map_err(|e| ActionError::Internal(e.into()))?).into_response())
}

/// The parameters of a URL that came in a form.
fn parameters(query: &str) -> WebResult<Parameters> {
    let uri: Uri = format!("/?{query}").parse().map_err(|_| Trouble::Unreadable)?;
    let Query(parameters) = Query::try_from_uri(&uri).map_err(|_| Trouble::Unreadable)?;
    Ok(parameters)
}

/// What a page was asked for, by the parameters of its URL.
pub(super) fn query_in(parameters_of_url: &str) -> WebResult<MarkQuery> {
    Ok(query_of(&parameters(parameters_of_url)?))
}

fn query_of(parameters: &Parameters) -> MarkQuery {
    MarkQuery::read(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// What the form under a list sends to keep its view.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ViewForm {
    name: String,
    /// The group's id; empty for all groups.
    group: String,
    /// The parameters of the page's URL.
    query: String,
    zone: String,
}

/// POST /views: what can't be kept is told beside the form, with what was typed.
pub async fn keep(
    State(state): State<WebState>,
    member: Member,
    Form(form): Form<ViewForm>,
) -> WebResult<Response> {
    let group: Option<GroupId> = match form.group.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| ActionError::NotFound)?),
    };
    let mut asked = parameters(&form.query)?;
    let query = address::written(&query_of(&asked));
    let new = NewView { group, name: form.name.clone(), query: query.clone() };
    let address = Address::in_zone(group, &form.zone);
    match state.actions.save_view(&member.viewer, new).await {
        Ok(_) => Ok(Redirect::to(&address.kept(&query)).into_response()),
        Err(error @ ActionError::Invalid { .. }) => {
            let failure = Failure::from(error);
            let tried = Tried { name: form.name, problem: Some(failure.words(member.visit.texts())) };
            asked.push(("zone".to_owned(), form.zone));
            let page = show(&state, &member, (group, &asked), tried).await?;
            Ok((failure.status_beside_form(), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RemoveForm {
    zone: String,
}

/// POST /views/{id}/remove
pub async fn forget(
    State(state): State<WebState>,
    member: Member,
    Path(view): Path<SavedViewId>,
    Form(form): Form<RemoveForm>,
) -> WebResult<Redirect> {
    let removed = state.actions.remove_view(&member.viewer, view).await?;
    Ok(Redirect::to(&Address::in_zone(removed.group, &form.zone).kept(&removed.query)))
}

impl MarksPart {
    fn of(t: Texts, address: Address, mut page: MarkPage, tried: Tried) -> Self {
        let sections = rows::sections(t, &mut page);
        let writer = Writer { t, address: &address, page: &page };
        let (facets, groupings) = (writer.facets(), writer.groupings());
        let (narrowed, beside) = (writer.narrowed(), writer.beside());
        Self { t, sections, facets, groupings, narrowed, beside, address, page, tried }
    }

    pub fn group(&self) -> Option<&Group> {
        self.page.group.as_ref()
    }

    pub fn title(&self) -> String {
        match self.group() {
            Some(group) => format!("{} · {}", self.t.get("marks"), group.topic),
            None => self.t.get("marks-everywhere").into_owned(),
        }
    }

    /// How many there are, in words.
    fn told(&self) -> String {
        self.t.with("marks-count", &[("n", self.page.counts.total)]).into_owned()
    }

    /// What they are narrowed to, for the one who holds the print.
    fn narrowed_words(&self) -> String {
        let words: Vec<&str> = self.narrowed.iter().map(|choice| choice.label.as_str()).collect();
        words.join(" · ")
    }

    fn all(&self) -> String {
        self.address.of(&MarkQuery { grouping: self.page.query.grouping, ..MarkQuery::default() })
    }

    /// The same marks of a row's group alone.
    fn in_group(&self, row: &Row) -> String {
        Address { group: Some(row.listed.mark.group()), ..self.address }.of(&self.page.query)
    }

    fn next(&self) -> Option<String> {
        self.page.next.as_ref().map(|key| self.address.after(&self.page.query, key))
    }

    /// As many as can be printed at once.
    fn long(&self) -> String {
        self.address.long(&self.page.query)
    }

    fn written(&self) -> String {
        address::written(&self.page.query)
    }

    /// Each with its name, its URL, its id, and whether it is what is shown.
    fn views(&self) -> Vec<(&str, String, SavedViewId, bool)> {
        let shown = self.written();
        let views = self.page.views.iter();
        views
            .map(|view| (view.name.as_str(), self.address.kept(&view.query), view.id, view.query == shown))
            .collect()
    }

    /// The fields of the form with two dates that keep the rest of the query.
    fn fields_beside_dates(&self) -> Vec<(&'static str, String)> {
        let rest = MarkQuery { period: Period::Any, ..self.page.query.clone() };
        rest.parameters().into_iter().chain(self.address.zone_field()).collect()
    }

    /// The two dates, as date fields have them.
    fn dates(&self) -> (String, String) {
        let (from, until) = match self.page.query.period {
            Period::Range(from, until) => (from, until),
            _ => (None, None),
        };
        let written = |day: Option<chrono::NaiveDate>| day.map_or(String::new(), |day| day.to_string());
        (written(from), written(until))
    }

    fn today(&self) -> String {
        calendar::date(self.t, self.page.today)
    }

    fn longest_name(&self) -> usize {
        ViewName::LONGEST
    }
}
