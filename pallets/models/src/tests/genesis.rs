use crate::mock::*;

#[test]
fn the_engines_of_genesis_are_listed() {
	build_and_execute(|| {
		let mut engines = Models::engines();
		engines.sort();
		assert_eq!(engines, [ENGINE, OTHER_ENGINE]);
	});
}
