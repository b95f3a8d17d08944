//! A local server that behaves like the Groups API of Vitable Connect.
