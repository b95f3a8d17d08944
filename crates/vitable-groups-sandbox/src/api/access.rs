//! Authentication, and the organization of a request.

use super::{Call, Code, Problem};
use crate::ids::is_organization_id;
use crate::server_state::ServerState;
use crate::settings::Settings;
use crate::store::{Access, DEFAULT_ORGANIZATION, KeyKind};

/// The bearer token; the scheme is case-insensitive.
pub(super) fn token(call: &Call) -> Result<&str, Problem> {
    call.authorization
        .as_deref()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(unauthorized)
}

/// The organizations that a token gives access to; never empty.
pub(super) fn of_token(
    state: &ServerState,
    settings: &Settings,
    token: &str,
) -> Result<Vec<Access>, Problem> {
    let store = state.store();
    let access = Access::of(store.read(), token)?;
    if !access.is_empty() {
        return Ok(access);
    }
    let accepts_any = match settings.accept_any_key {
        Some(any) => any,
        None => !Access::any(store.read())?,
    };
    if accepts_any {
        let organization_id = DEFAULT_ORGANIZATION.to_owned();
        Ok(vec![Access { organization_id, kind: KeyKind::Organization }])
    } else {
        Err(unauthorized())
    }
}

/// The organization that a request is for.
pub(super) fn organization(access: Vec<Access>, header: Option<&str>) -> Result<String, Problem> {
    if access.iter().any(|access| access.kind != KeyKind::Organization) {
        return Err(denied("This token is bound to an employer or an employee."));
    }
    let Some(header) = header else {
        let several = access.len() > 1;
        return match access.into_iter().next() {
            Some(only) if !several => Ok(only.organization_id),
            _ => Err(Problem::new(
                Code::OrganizationRequired,
                "These credentials have access to several organizations; X-Vitable-Organization is required.",
            )),
        };
    };
    let header = header.trim();
    if !is_organization_id(header) {
        return Err(Problem::new(
            Code::InvalidOrganizationHeader,
            "X-Vitable-Organization must be an organization id (org_...).",
        ));
    }
    access
        .into_iter()
        .find(|access| access.organization_id == header)
        .map(|access| access.organization_id)
        .ok_or_else(|| denied("These credentials have no access to that organization."))
}

fn unauthorized() -> Problem {
    Problem::new(Code::Unauthorized, "Invalid or missing API key")
}

fn denied(message: &str) -> Problem {
    Problem::new(Code::OrganizationAccessDenied, message)
}
