//! `bench-parts` lists the benchmarked parts of the core; `bench-parts NAME TIMES` runs one the
//! given number of times, under a tool that counts instructions.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::format_push_string)]

#[path = "../../../vitable-groups/benches/core/parts.rs"]
mod parts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(wanted) = arguments.next() else {
        for (name, _) in parts::PARTS {
            println!("{name}");
        }
        return Ok(());
    };
    let times: u32 = arguments.next().ok_or("bench-parts NAME TIMES")?.parse()?;
    let part = parts::PARTS.iter().find(|(name, _)| *name == wanted).ok_or("no such part")?;
    let mut run = (part.1)();
    for _ in 0..times {
        run();
    }
    Ok(())
}
