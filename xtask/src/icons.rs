//! `cargo xtask icons`: the program's icon in every size and form that the systems want, drawn from
//! `icons/kenning.svg` by librsvg's `rsvg-convert`.

use std::path::Path;

use anyhow::{Context, Result};

use crate::files::write;
use crate::workspace::{self, Workspace};

const SIZES: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];
/// Apple's names for PNG pictures of these sizes.
const ICNS: [(&[u8; 4], u32); 5] =
    [(b"icp4", 16), (b"icp5", 32), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512)];

pub fn make(workspace: &Workspace) -> Result<()> {
    let icons = workspace.root.join("icons");
    let pictures = SIZES
        .into_iter()
        .map(|size| {
            let file = icons.join(format!("{size}x{size}.png"));
            draw(workspace, &icons, size, &file)?;
            Ok((size, std::fs::read(file)?))
        })
        .collect::<Result<Vec<_>>>()?;
    draw(workspace, &icons, 256, &icons.join("128x128@2x.png"))?;
    draw(workspace, &icons, 512, &icons.join("icon.png"))?;
    let of_size = |size: u32| pictures.iter().find(|(known, _)| *known == size);
    write(&icons.join("icon.ico"), &ico(&pictures[..7]))?;
    let parts = ICNS.iter().filter_map(|(name, size)| Some((*name, &of_size(*size)?.1)));
    write(&icons.join("icon.icns"), &icns(parts.collect()))
}

fn draw(workspace: &Workspace, icons: &Path, size: u32, to: &Path) -> Result<()> {
    let size = size.to_string();
    let mut convert = workspace.command("rsvg-convert");
    convert.args(["--width", &size, "--height", &size, "--output"]).arg(to);
    convert.arg(icons.join("kenning.svg"));
    workspace::run(&mut convert).context("install librsvg's rsvg-convert to draw icons")
}

/// Windows' form: a directory, then the pictures; a side of 256 is written as 0.
fn ico(pictures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = vec![0, 0, 1, 0];
    file.extend((pictures.len() as u16).to_le_bytes());
    let mut offset = 6 + 16 * pictures.len() as u32;
    for (size, bytes) in pictures {
        let side = *size as u8;
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend((bytes.len() as u32).to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += bytes.len() as u32;
    }
    for (_, bytes) in pictures {
        file.extend(bytes);
    }
    file
}

/// Apple's form: each picture after its name and length.
fn icns(pictures: Vec<(&[u8; 4], &Vec<u8>)>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in pictures {
        body.extend(name);
        body.extend((bytes.len() as u32 + 8).to_be_bytes());
        body.extend(bytes);
    }
    let mut file = b"icns".to_vec();
    file.extend((body.len() as u32 + 8).to_be_bytes());
    file.extend(body);
    file
}
