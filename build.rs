//! New migration files must make the binary new: `migrate!` notices edits, but not additions.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
}
