//! What platforms read in this repository to run the image, and what they make of it.

use std::{fs, path::Path};

use serde_json::Value;

use crate::python;

/// What the image must be called everywhere.
const IMAGE: &str = concat!("docker.io/mathesar/mathesar:", env!("CARGO_PKG_VERSION"));

/// A platform, with everything that it hands to the image.
#[derive(Debug)]
pub struct Platform {
    /// Its name.
    pub name: &'static str,
    /// The port that it expects the program on.
    pub port: u16,
    /// The environment, that of the platform itself included, but for `PORT`.
    pub environment: Vec<(String, String)>,
    /// The path by which it finds out whether the program works; not every platform looks.
    pub health: Option<String>,
    /// The address that people use, where the platform tells it to the program.
    pub address: Option<&'static str>,
    /// The user that the image runs as, where it is not the image's own.
    pub user: Option<&'static str>,
}

/// What a platform makes before it starts the image.
pub struct Made<'m> {
    /// The address of the PostgreSQL.
    pub database: &'m str,
    /// Random letters and digits, at least 64.
    pub secret: &'m str,
}

/// Render, with `render.yaml`.
///
/// # Panics
/// When the file is not one that Render would take.
pub fn render(made: &Made<'_>) -> Platform {
    let file = read("render.yaml", "render");
    let service = &file["services"][0];
    assert_eq!(service["image"]["url"], IMAGE);
    let value = |variable: &Value| {
        if variable["generateValue"] == true {
            // 256 bits in base 64.
            return made.secret[..43].to_owned() + "=";
        }
        let Some(database) = variable["fromDatabase"]["name"].as_str() else { return text(&variable["value"]) };
        assert!(file["databases"].as_array().unwrap().iter().any(|one| one["name"] == database), "{database}");
        made.database.to_owned()
    };
    let given = service["envVars"].as_array().unwrap().iter();
    let address = "https://mathesar.onrender.com";
    Platform {
        name: "render",
        port: 10000,
        environment: given
            .map(|variable| (text(&variable["key"]), value(variable)))
            .chain(own(&[("RENDER", "true"), ("RENDER_EXTERNAL_URL", address)]))
            .collect(),
        health: Some(text(&service["healthCheckPath"])),
        address: Some(address),
        user: None,
    }
}

/// Railway, with `railway.json` and what its template is made of.
///
/// # Panics
/// When a file is not one that Railway would take.
pub fn railway(made: &Made<'_>) -> Platform {
    let file = read("railway.json", "railway");
    stands_on_the_image(&file["build"]["dockerfilePath"]);
    let template = read("packaging/paas/railway.template.json", "railway-template");
    assert!(template["services"]["Postgres"].is_object());
    let service = &template["services"]["Mathesar"];
    let value = |text: &str| match text {
        "${{secret(64)}}" => made.secret[..64].to_owned(),
        "${{Postgres.DATABASE_URL}}" => made.database.to_owned(),
        plain => {
            assert!(!plain.contains("${{"), "{plain}");
            plain.to_owned()
        }
    };
    let mut environment: Vec<(String, String)> = service["variables"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, variable)| (name.clone(), value(variable.as_str().unwrap())))
        .collect();
    let port = environment.iter().position(|(name, _)| name == "PORT").unwrap();
    let port = environment.remove(port).1.parse().unwrap();
    assert_eq!(service["networking"]["targetPort"], port);
    environment.extend(own(&[("RAILWAY_PUBLIC_DOMAIN", "mathesar.up.railway.app")]));
    Platform {
        name: "railway",
        port,
        environment,
        health: Some(text(&file["deploy"]["healthcheckPath"])),
        address: Some("https://mathesar.up.railway.app"),
        user: None,
    }
}

/// DigitalOcean, with `.do/deploy.template.yaml`.
///
/// # Panics
/// When the file is not one that DigitalOcean would take.
pub fn digitalocean(made: &Made<'_>) -> Platform {
    let spec = &read(".do/deploy.template.yaml", "digitalocean")["spec"];
    let service = &spec["services"][0];
    let image = &service["image"];
    let registry = match image["registry_type"].as_str() {
        Some("DOCKER_HUB") => "docker.io",
        other => panic!("{other:?}"),
    };
    let parts = ["registry", "repository", "tag"].map(|part| text(&image[part]));
    assert_eq!(format!("{registry}/{}/{}:{}", parts[0], parts[1], parts[2]), IMAGE);
    let database = text(&spec["databases"][0]["name"]);
    let address = "https://mathesar-x7k2p.ondigitalocean.app";
    let value = |variable: &Value| match text(&variable["value"]) {
        // It is asked for.
        empty if empty.is_empty() && variable["type"] == "SECRET" => made.secret[..64].to_owned(),
        bound if bound == format!("${{{database}.DATABASE_URL}}") => format!("{}?sslmode=require", made.database),
        bound if bound == "${APP_URL}" => address.to_owned(),
        plain => {
            assert!(!plain.contains("${"), "{plain}");
            plain
        }
    };
    let given = service["envs"].as_array().unwrap().iter();
    Platform {
        name: "digitalocean",
        port: service["http_port"].as_u64().unwrap().try_into().unwrap(),
        environment: given.map(|variable| (text(&variable["key"]), value(variable))).collect(),
        health: Some(text(&service["health_check"]["http_path"])),
        address: Some(address),
        user: None,
    }
}

/// Heroku, with `app.json` and `heroku.yml`, after the app was let know its own address as the page says.
///
/// # Panics
/// When a file is not one that Heroku would take.
pub fn heroku(made: &Made<'_>) -> Platform {
    stands_on_the_image(&read("heroku.yml", "heroku-yml")["build"]["docker"]["web"]);
    let file = read("app.json", "heroku-app");
    let addons = file["addons"].as_array().unwrap();
    assert!(addons.iter().any(|addon| text(addon).starts_with("heroku-postgresql")), "{addons:?}");
    let value = |variable: &Value| match variable["generator"].as_str() {
        Some(_) => made.secret[..64].to_owned(),
        None => text(&variable["value"]),
    };
    let given = file["env"].as_object().unwrap().iter();
    assert!(of_repository("docs/install/heroku.md").contains("heroku labs:enable runtime-dyno-metadata"));
    let domain = "mathesar-1234567890ab.herokuapp.com";
    Platform {
        name: "heroku",
        port: 38211,
        environment: given
            .map(|(name, variable)| (name.clone(), value(variable)))
            .chain(own(&[
                ("DATABASE_URL", made.database),
                ("DYNO", "web.1"),
                ("HEROKU_APP_DEFAULT_DOMAIN_NAME", domain),
            ]))
            .collect(),
        health: None,
        address: Some("https://mathesar-1234567890ab.herokuapp.com"),
        user: Some("54321:54321"),
    }
}

/// Fly, with `fly.toml` and the secrets that its page says to set.
///
/// # Panics
/// When the file is not one that Fly would take.
pub fn fly(made: &Made<'_>) -> Platform {
    let file = read("packaging/paas/fly.toml", "fly");
    assert_eq!(file["build"]["image"], IMAGE);
    assert_eq!(file["kill_signal"], "SIGTERM");
    let address = "https://tables.fly.dev";
    let page = of_repository("docs/install/fly.md").replace("NAME", "tables");
    assert!(
        page.contains(&format!("SECRET_KEY=\"$(openssl rand -hex 32)\" MATHESAR_EXTERNAL_URL={address}")),
        "{page}"
    );
    let secrets =
        [("SECRET_KEY", &made.secret[..64]), ("MATHESAR_EXTERNAL_URL", address), ("DATABASE_URL", made.database)];
    let given = file["env"].as_object().unwrap().iter();
    let service = &file["http_service"];
    assert_eq!(text(&file["env"]["PORT"]), service["internal_port"].to_string());
    Platform {
        name: "fly",
        port: service["internal_port"].as_u64().unwrap().try_into().unwrap(),
        environment: given
            .filter(|(name, _)| *name != "PORT")
            .map(|(name, value)| (name.clone(), text(value)))
            .chain(own(&secrets))
            .chain(own(&[("FLY_APP_NAME", "tables")]))
            .collect(),
        health: Some(text(&service["checks"][0]["path"])),
        address: Some(address),
        user: None,
    }
}

fn own<'v>(variables: &'v [(&'v str, &'v str)]) -> impl Iterator<Item = (String, String)> + 'v {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The Dockerfile of platforms that build is the image, and nothing else.
fn stands_on_the_image(dockerfile: &Value) {
    let content = of_repository(dockerfile.as_str().unwrap());
    let instructions: Vec<&str> = content.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(instructions, [format!("FROM {IMAGE}")]);
}

fn of_repository(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads a file of the repository and holds it against the schema that was written from its vendor's documentation.
fn read(path: &str, schema: &str) -> Value {
    let text = of_repository(path);
    let text = if path.ends_with(".toml") { toml::from_str::<Value>(&text).unwrap().to_string() } else { text };
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/paas").join(schema).with_extension("json");
    let printed = python::run("manifest.py", &[schema.to_str().unwrap()], &text);
    serde_json::from_str(&printed.unwrap_or_else(|faults| panic!("{path}: {faults}"))).unwrap()
}
