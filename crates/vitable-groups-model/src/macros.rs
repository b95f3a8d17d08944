//! The macros that implement serde for the models and keep unknown fields and values.
//!
//! `#[serde(flatten)]` would do the same, but buffers every value of every object.

/// Declares a model: fields marked `required` must be present, all others have a default. A field
/// whose name in JSON is a keyword gives it after `=`.
macro_rules! model {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$fmeta:meta])* $field:ident $($must:ident)? $(= $key:literal)? : $ty:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$fmeta])* pub $field: $ty, )*
            /// Fields unknown to this version, unchanged.
            pub extra: $crate::extra::Extra,
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        $( let mut $field: Option<$ty> = None; )*
                        let mut extra = $crate::extra::Extra::default();
                        while let Some(key) = map.next_key::<$crate::macros::Key<'de>>()? {
                            match key.as_str() {
                                $(
                                    $crate::macros::model!(@key $field $($key)?) => {
                                        $field = Some(map.next_value()?);
                                    }
                                )*
                                unknown => extra.insert(unknown, map.next_value()?),
                            }
                        }
                        Ok($name {
                            $(
                                $field: $crate::macros::model!(@take $field ($($key)?) $($must)?),
                            )*
                            extra,
                        })
                    }
                }
                input.deserialize_map(Visitor)
            }
        }

        impl $crate::macros::Present for $name {}

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = output.serialize_map(None)?;
                $(
                    if $crate::macros::Present::present(&self.$field) {
                        let key = $crate::macros::model!(@key $field $($key)?);
                        map.serialize_entry(key, &self.$field)?;
                    }
                )*
                for (key, value) in &self.extra {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    };
    (@key $field:ident) => {
        stringify!($field)
    };
    (@key $field:ident $key:literal) => {
        $key
    };
    (@take $field:ident ($($key:literal)?) required) => {
        $field.ok_or_else(|| {
            serde::de::Error::missing_field($crate::macros::model!(@key $field $($key)?))
        })?
    };
    (@take $field:ident ($($key:literal)?)) => {
        $field.unwrap_or_default()
    };
}
pub(crate) use model;

/// Declares an enum of texts that keeps values unknown to this version.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$vmeta:meta])* $variant:ident = $text:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )*
            /// A value this version does not know.
            Unknown(String),
        }

        impl $name {
            /// The values this version knows, as the API writes them.
            pub const KNOWN: &'static [&'static str] = &[$( $text ),*];

            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $text, )*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Unknown(String::new())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $( $text => Self::$variant, )*
                    _ => Self::Unknown(text),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                output.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(input).map(Self::from)
            }
        }

        impl $crate::macros::Present for $name {}
    };
}
pub(crate) use open_enum;

/// Declares the parameters of a call: a constructor of what is required, and a setter for what may
/// be left out, or may also be null, for which the caller imports `Field`.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( required {
                $( $(#[$rmeta:meta])* $required:ident $(= $rkey:literal)? : $rty:ty, )*
            } )?
            $( optional {
                $( $(#[$ometa:meta])* $optional:ident $(= $okey:literal)? : $oty:ty, )*
            } )?
            $( nullable {
                $( $(#[$nmeta:meta])* $nullable:ident $(= $nkey:literal)? : $nty:ty, )*
            } )?
        }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        pub struct $name {
            $( $(
                $(#[$rmeta])*
                $( #[serde(rename = $rkey)] )?
                pub $required: $rty,
            )* )?
            $( $(
                $(#[$ometa])*
                $( #[serde(rename = $okey)] )?
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $optional: Option<$oty>,
            )* )?
            $( $(
                $(#[$nmeta])*
                $( #[serde(rename = $nkey)] )?
                #[serde(skip_serializing_if = "Field::is_absent")]
                pub $nullable: Field<$nty>,
            )* )?
        }

        impl $name {
            /// Parameters with the required fields only.
            pub fn new($( $( $required: impl Into<$rty> ),* )?) -> Self {
                Self {
                    $( $( $required: $required.into(), )* )?
                    $( $( $optional: None, )* )?
                    $( $( $nullable: Field::Absent, )* )?
                }
            }

            $( $(
                $(#[$ometa])*
                #[must_use]
                pub fn $optional(mut self, $optional: impl Into<$oty>) -> Self {
                    self.$optional = Some($optional.into());
                    self
                }
            )* )?

            $( $(
                $(#[$nmeta])*
                #[must_use]
                pub fn $nullable(mut self, $nullable: impl Into<$nty>) -> Self {
                    self.$nullable = Field::Value($nullable.into());
                    self
                }
            )* )?
        }
    };
}
pub(crate) use parameters;

/// Whether a field is written to JSON: every field but an absent [`Field`](super::field::Field) is.
pub(crate) trait Present {
    fn present(&self) -> bool {
        true
    }
}

impl Present for String {}
impl Present for bool {}
impl Present for f64 {}
impl Present for i64 {}
impl<T> Present for Vec<T> {}

/// An object key, borrowed where the text has no escapes.
pub(crate) enum Key<'de> {
    Borrowed(&'de str),
    Owned(String),
}

impl Key<'_> {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Key::Borrowed(text) => text,
            Key::Owned(text) => text,
        }
    }
}

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key::Borrowed(text))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key::Owned(text.to_owned()))
            }
        }
        input.deserialize_str(Visitor)
    }
}
