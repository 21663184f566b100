//! Every Go release that is installed: what other tests check with two of them.

use firesteel_testkit::Toolchain;

use crate::figures::{record_leafheavy, seconds};
use crate::{leafheavy, symbols};

#[test]
#[ignore = "records with every installed Go release, which takes minutes: run by `make matrix`"]
fn matrix() {
    for toolchain in Toolchain::all() {
        let recorded = record_leafheavy(toolchain, 2, seconds(5));
        leafheavy::check(&recorded);
        symbols::check_leafheavy(&recorded);
    }
}
