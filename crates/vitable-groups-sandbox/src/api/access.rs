//! Who calls, and for which organization.

use super::{Call, Code, Problem};
use crate::control::DEFAULT_ORGANIZATION;
use crate::ids::is_organization_id;
use crate::settings::Settings;
use crate::store::{Access, KeyKind};
use crate::world::World;

/// The bearer token; the scheme is read in any case.
pub(super) fn token(call: &Call) -> Result<&str, Problem> {
    call.authorization
        .as_deref()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty())
        .ok_or_else(unauthorized)
}

/// What a token reaches: never nothing.
pub(super) fn of_token(
    world: &World,
    settings: &Settings,
    token: &str,
) -> Result<Vec<Access>, Problem> {
    let store = world.store();
    let access = Access::of(store.read(), token)?;
    if !access.is_empty() {
        return Ok(access);
    }
    let any_goes = match settings.accept_any_key {
        Some(any) => any,
        None => !Access::any(store.read())?,
    };
    if any_goes {
        let organization_id = DEFAULT_ORGANIZATION.to_owned();
        Ok(vec![Access { organization_id, kind: KeyKind::Organization }])
    } else {
        Err(unauthorized())
    }
}

/// The organization that is meant.
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
                "Several organizations are reachable with these credentials; name one.",
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
