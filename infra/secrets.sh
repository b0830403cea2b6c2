#!/bin/sh
# Every secret that Parley needs, made from /dev/urandom. What is there already is never changed.
#
#   sh infra/secrets.sh apply [namespace]     makes those that a cluster does not have yet (kubectl; namespace: parley)
#   sh infra/secrets.sh print [namespace]     prints all of them, new, as one file for kubectl create -f
#   sh infra/secrets.sh compose [address]     prints the .env of compose.yaml (address: http://localhost:4080)
set -eu

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
# 32 bytes, as notifications wants its key
scalar() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

# name, type, then key=value for each entry
secret() {
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n' "$1" "$namespace"
  # CloudNativePG takes a changed password at once.
  printf '  labels: { app.kubernetes.io/part-of: parley, cnpg.io/reload: "true" }\ntype: %s\nstringData:\n' "$2"
  shift 2
  for entry in "$@"; do printf '  %s: "%s"\n' "${entry%%=*}" "${entry#*=}"; done
}

make() {
  password=$(random)
  case $1 in
    auth) secret auth Opaque "secret=$(random)$(random)" ;;
    postgres) secret postgres kubernetes.io/basic-auth username=postgres "password=$password" ;;
    database-*)
      role=parley_${1#database-}
      secret "$1" kubernetes.io/basic-auth "username=$role" "password=$password" "url=postgresql://$role:$password@postgres-rw:5432/$role"
      ;;
    broker)
      secret broker Opaque username=parley "password=$password" host=rabbitmq port=5672 provider=rabbitmq type=rabbitmq \
        "url=amqp://parley:$password@rabbitmq:5672" "default_user.conf=default_user = parley\\ndefault_pass = $password\\n"
      ;;
    push) secret push Opaque "private=$(scalar)" ;;
    cache) secret cache Opaque "url=redis://:$password@valkey:6379" "password.conf=requirepass $password" ;;
  esac
}

names='auth push postgres database-auth database-users database-messages database-notifications broker cache'

what=${1:-}
case $what in
  apply)
    namespace=${2:-parley}
    kubectl get namespace "$namespace" >/dev/null 2>&1 || kubectl create namespace "$namespace"
    for name in $names; do
      if kubectl --namespace "$namespace" get secret "$name" >/dev/null 2>&1; then
        echo "secret/$name kept"
      else
        make "$name" | kubectl create -f -
      fi
    done
    ;;
  print)
    namespace=${2:-parley}
    for name in $names; do make "$name"; done
    ;;
  compose)
    address=${2:-http://localhost:4080}
    echo '# Made once by infra/secrets.sh: whoever has this file can read everything. Keep it, and keep it to yourself.'
    echo "PUBLIC_URL=$address"
    echo "ALLOWED_ORIGINS=$address"
    case $address in
      https://*) printf 'COMPOSE_FILE=compose.yaml:compose.tls.yaml\nLISTEN=0.0.0.0\n' ;;
      *) printf 'COMPOSE_FILE=compose.yaml\n# Beyond this machine browsers keep a session over HTTPS alone.\nLISTEN=127.0.0.1\nPORT=4080\n' ;;
    esac
    echo "AUTH_SECRET=$(random)$(random)"
    echo "VAPID_PRIVATE_KEY=$(scalar)"
    for owner in POSTGRES AUTH_DATABASE USERS_DATABASE MESSAGES_DATABASE NOTIFICATIONS_DATABASE BROKER CACHE; do
      echo "${owner}_PASSWORD=$(random)"
    done
    ;;
  *)
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
