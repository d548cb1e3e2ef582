//! What `--help` teaches beside the list of commands and options: examples that can be pasted.

/// Behind `aichat --help`.
pub(super) const PROGRAM: &str = "Examples:
  aichat                                            serve http://127.0.0.1:8001
  aichat --host 0.0.0.0 --port 80                   serve for other machines
  aichat --data-dir /var/lib/aichat                 keep the data elsewhere
  aichat --database-url postgres://user:pw@db/chat  keep it in PostgreSQL
  aichat config show --sources                      which values are in use, and who said so
  aichat admin create --username ada --generate     make an administrator, print a password
  aichat admin list                                 who has an account
  aichat admin reset-password --username ada --generate
  aichat secrets rotate                             seal stored secrets with a new key
  aichat doctor                                     look for faults, with a remedy for each
  aichat healthcheck                                is the server on this machine well?
  aichat admin create --help                        examples of one command

Every option is a variable, too, in the environment or in .env; config show
lists them all. The command line wins over the environment, that over files of
secrets, those over .env, and .env over the default.

Exit codes: 0 done, 1 failed, 2 this line was not understood, 78 something has
to be changed first, which the one line on standard error names.";

/// Behind `aichat serve --help`.
pub(super) const SERVE: &str = "Examples:
  aichat serve                            http://127.0.0.1:8001, data in ./data
  aichat serve --host 0.0.0.0             other machines may call, too
  PORT=80 aichat serve                    the same by the environment, on port 80
  LOG_FORMAT=json LOG_DIR=logs aichat     a log for programs, kept in files as well

Stop it with Ctrl-C or SIGTERM: running answers are saved first.";

/// Behind `aichat config show --help`.
pub(super) const CONFIG_SHOW: &str = "Examples:
  aichat config show                      every variable and its value
  aichat config show --sources            and where it came from
  PORT=80 aichat config show --json       the same for programs

A secret is shown as its length and the beginning of its SHA-256. Compare it
with the one you meant:
  printf %s \"$JWT_SECRET\" | sha256sum

A secret or a URL may stand in a file: JWT_SECRET_FILE=/run/secrets/jwt, or
/etc/secrets/JWT_SECRET.";

/// Behind `aichat admin create --help`.
pub(super) const ADMIN_CREATE: &str = "Examples:
  aichat admin create --username ada --generate
  pass show aichat | aichat admin create --username ada --password-stdin
  aichat --data-dir /var/lib/aichat admin create --username ada --generate";

/// Behind `aichat admin list --help`.
pub(super) const ADMIN_LIST: &str = "Examples:
  aichat admin list
  aichat --data-dir /var/lib/aichat admin list";

/// Behind `aichat admin reset-password --help`.
pub(super) const ADMIN_RESET_PASSWORD: &str = "Examples:
  aichat admin reset-password --username ada --generate
  pass show aichat | aichat admin reset-password --username ada --password-stdin";

/// Behind `aichat secrets rotate --help`.
pub(super) const SECRETS_ROTATE: &str = "Examples:
  aichat secrets rotate
  aichat --data-dir /var/lib/aichat secrets rotate
  docker compose stop backend && docker compose run --rm backend secrets rotate

Make a backup of the data folder before and after.";

/// Behind `aichat admin delete --help`.
pub(super) const ADMIN_DELETE: &str = "Examples:
  aichat admin delete --username bob --yes
  aichat --data-dir /var/lib/aichat admin delete --username bob --yes

Somebody who shall come back is better disabled, on the page People.";

/// Behind `aichat admin remove-second-factor --help`.
pub(super) const ADMIN_REMOVE_SECOND_FACTOR: &str = "Examples:
  aichat admin remove-second-factor --username ada";

/// Behind `aichat healthcheck --help`.
pub(super) const HEALTHCHECK: &str = "Examples:
  aichat healthcheck && echo well
  aichat --port 9000 healthcheck          of a server on another port

In a compose file: test: [\"CMD\", \"/usr/bin/aichat\", \"healthcheck\"]";
