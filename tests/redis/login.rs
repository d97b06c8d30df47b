//! Getting to a Redis, and in.

use passport_socketio_native::redis::{NodeOptions, TargetOptions};

use crate::{
    helpers::{NIL, OK, eventually, get, open, open_node, recovers, text, value},
    support::{
        fake_server::{Answer, FakeServer},
        test_redis::TestRedis,
    },
};

#[tokio::test]
async fn password_and_user() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    redis.run_line("ACL SETUSER alice on >p@ss/w:%rd ~* +@all");
    redis.run_line("ACL SETUSER bob on nopass ~* +@all");
    redis.run_line("CONFIG SET requirepass secret");
    for credentials in [":secret@", "default:secret@", "alice:p%40ss%2Fw%3A%25rd@", "bob@"] {
        let connection = open(&redis.url().replace("//", &format!("//{credentials}")));
        assert_eq!(get(&connection, "a").await, value("1"), "{credentials}");
    }
    let options = TargetOptions {
        username: Some("alice".to_owned()),
        password: Some("p@ss/w:%rd".to_owned()),
        client_name: Some("sessions".to_owned()),
        ..TargetOptions::default()
    };
    let connection = open_node(&NodeOptions::tcp("127.0.0.1", redis.port()), &options);
    assert_eq!(get(&connection, "a").await, value("1"));
    let refused =
        [("", "NOAUTH "), (":no@", "WRONGPASS "), ("alice:no@", "WRONGPASS "), ("x:secret@", "WRONGPASS ")];
    for (credentials, expected) in refused {
        let connection = open(&redis.url().replace("//", &format!("//{credentials}")));
        let answer = text(get(&connection, "a").await);
        assert!(answer.starts_with(expected), "{credentials}: {answer}");
        assert!(!connection.is_up());
    }
}

#[tokio::test]
async fn a_user_who_may_not_read_the_probe() {
    let redis = TestRedis::start();
    redis.run_line("ACL SETUSER other on >pw ~other:* +get");
    let connection = open(&redis.url().replace("//", "//other:pw@"));
    // Up, for the look-ups are answered: by saying what is missing.
    assert!(text(get(&connection, "a").await).starts_with("NOPERM "));
    assert!(connection.is_up());
}

#[tokio::test]
async fn a_client_is_named_only_when_asked() {
    let redis = TestRedis::start();
    let name = TargetOptions { client_name: Some("sessions".to_owned()), ..TargetOptions::default() };
    let named = open_node(&NodeOptions::tcp("127.0.0.1", redis.port()), &name);
    let nameless = open(&redis.url());
    let _ = (named.connection().await.unwrap(), nameless.connection().await.unwrap());
    let clients: String = redis::cmd("CLIENT").arg("LIST").query(&mut redis.admin()).unwrap();
    assert_eq!(clients.matches(" name=sessions ").count(), 1, "{clients}");
    assert!(!redis.info("commandstats").contains("client|setinfo"));
}

#[tokio::test]
async fn a_password_that_is_not_needed_does_no_harm() {
    let redis = TestRedis::start();
    redis.set("sess:a", "1");
    assert_eq!(get(&open(&redis.url().replace("//", "//:unneeded@")), "a").await, value("1"));
}

#[tokio::test]
async fn a_server_from_before_users() {
    let server = FakeServer::start(|_, words| match words[0].as_str() {
        "AUTH" if words.len() == 3 => Answer::Say("-ERR wrong number of arguments for 'auth' command\r\n"),
        "AUTH" => OK,
        _ => NIL,
    });
    let connection = open(&server.url().replace("//", "//default:pw@"));
    assert_eq!(get(&connection, "a").await, Ok(None));
    assert!(server.seen().contains(&"AUTH pw".to_owned()));
}

#[tokio::test]
async fn a_wrong_password_that_is_put_right() {
    let redis = TestRedis::with_options(&["--requirepass", "old"]);
    let mut admin = redis.admin();
    redis::cmd("AUTH").arg("old").exec(&mut admin).unwrap();
    redis::cmd("SET").arg("sess:a").arg("1").exec(&mut admin).unwrap();
    let connection = open(&redis.url().replace("//", "//:new@"));
    assert!(text(get(&connection, "a").await).starts_with("WRONGPASS "));
    redis::cmd("CONFIG").arg(&["SET", "requirepass", "new"]).exec(&mut admin).unwrap();
    recovers(&connection, "a", &value("1")).await;
}

#[tokio::test]
async fn databases() {
    let redis = TestRedis::start();
    redis.set("sess:a", "0");
    let mut admin = redis.admin();
    redis::cmd("SELECT").arg(5).exec(&mut admin).unwrap();
    redis::cmd("SET").arg("sess:a").arg("5").exec(&mut admin).unwrap();
    assert_eq!(get(&open(&format!("{}/5", redis.url())), "a").await, value("5"));
    assert_eq!(get(&open(&redis.url()), "a").await, value("0"));
    assert_eq!(text(get(&open(&format!("{}/99", redis.url())), "a").await), "ERR DB index is out of range");
    redis.run_line("ACL SETUSER reader on >pw ~sess:* +get");
    let refused = open(&format!("{}/5", redis.url().replace("//", "//reader:pw@")));
    assert!(text(get(&refused, "a").await).starts_with("NOPERM "));
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket() {
    let mut redis = TestRedis::start();
    redis.set("sess:a", "1");
    let connection = open(&format!("unix://{}", redis.socket().display()));
    assert_eq!(get(&connection, "a").await, value("1"));
    redis.kill();
    eventually("the loss is noticed", async || (!connection.is_up()).then_some(())).await;
    redis.restart();
    recovers(&connection, "a", &Ok(None)).await;
    assert!(
        text(get(&open("unix:///no/such/redis.sock"), "a").await).starts_with("No such file or directory")
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    // No label has more than 63 characters, so the system asks nobody: some name servers know every name.
    let answer = text(get(&open(&format!("redis://{}", "a".repeat(64))), "a").await);
    assert!(answer.contains("lookup"), "{answer}");
}
