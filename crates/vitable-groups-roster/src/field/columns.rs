//! Column names that are recognized as fields.

use super::{FIELDS, RosterField};

/// How certain a match between a column name and a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    /// A name that often means the field, such as `ID`; used if there is no better match.
    Weak,
    /// A common name.
    Alias,
    /// The API's own name.
    Exact,
}

/// The field that a column name refers to.
pub(crate) fn match_column(name: &str) -> Option<(RosterField, Match)> {
    let trimmed = name.trim();
    if let Ok(field) = trimmed.parse() {
        return Some((field, Match::Exact));
    }
    // `Date of Birth (YYYY-MM-DD)` and `ZIP*` are frequent in templates.
    let bare = trimmed.split_once('(').map_or(trimmed, |(before, _)| before);
    [trimmed, bare].into_iter().find_map(|text| match_folded(&fold(text)))
}

fn match_folded(folded: &str) -> Option<(RosterField, Match)> {
    let inner = folded.strip_prefix("address").filter(|rest| !rest.is_empty());
    for info in FIELDS {
        let own = fold(info.column);
        let nested = info.path.starts_with("address.") && inner == Some(own.as_str());
        if folded == own || nested || info.aliases.contains(&folded) {
            return Some((info.field, Match::Alias));
        }
    }
    let in_address = [RosterField::City, RosterField::State, RosterField::Zipcode];
    let nested = inner
        .and_then(|rest| FIELDS.iter().find(|info| info.aliases.contains(&rest)))
        .map(|info| info.field)
        .filter(|field| in_address.contains(field));
    match folded {
        "id" => Some((RosterField::ReferenceId, Match::Weak)),
        _ => nested.map(|field| (field, Match::Alias)),
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_column_names_match() {
        for (name, field) in [
            ("First Name", "first_name"),
            ("first_name", "first_name"),
            ("FirstName", "first_name"),
            ("DOB", "date_of_birth"),
            ("Date of Birth (YYYY-MM-DD)", "date_of_birth"),
            ("Birth Date*", "date_of_birth"),
            ("Employee ID", "reference_id"),
            ("Member ID", "reference_id"),
            ("ID", "reference_id"),
            ("Zip", "address.zipcode"),
            ("ZIP Code", "address.zipcode"),
            ("Postal Code", "address.zipcode"),
            ("address.zipcode", "address.zipcode"),
            ("Address Zip", "address.zipcode"),
            ("Street", "address.address_line_1"),
            ("Address", "address.address_line_1"),
            ("Address Line 1", "address.address_line_1"),
            ("Address 2", "address.address_line_2"),
            ("Apt", "address.address_line_2"),
            ("Address City", "address.city"),
            ("Mobile", "phone"),
            ("E-mail", "email"),
            ("Plan", "plan_id"),
        ] {
            assert_eq!(match_column(name).map(|(field, _)| field.path()), Some(field), "{name}");
        }
        for name in ["", "Department", "Salary", "()", "Address Notes"] {
            assert_eq!(match_column(name), None, "{name}");
        }
    }

    #[test]
    fn aliases_are_unambiguous() {
        let mut seen = std::collections::HashMap::new();
        for info in FIELDS {
            for name in info.aliases.iter().map(|&a| a.to_owned()).chain([fold(info.column)]) {
                assert_eq!(seen.insert(name.clone(), info.field), None, "{name}");
            }
        }
    }
}
