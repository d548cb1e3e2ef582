#!/bin/sh
# CHAT_URL is the address of the server, CHAT_KEY an API key with the scopes `chat` and `models`.
set -eu
auth="Authorization: Bearer $CHAT_KEY"
json="Content-Type: application/json"

# The models that the key may use. The first one is asked below, unless CHAT_MODEL names another.
curl -sSf "$CHAT_URL/v1/models" -H "$auth"
model="${CHAT_MODEL:-$(curl -sSf "$CHAT_URL/v1/models" -H "$auth" | sed 's/.*"id":"\([^"]*\)".*/\1/')}"

# An answer as a whole, and one as it is written.
curl -sSf "$CHAT_URL/v1/chat/completions" -H "$auth" -H "$json" \
  -d "{\"model\": \"$model\", \"messages\": [{\"role\": \"user\", \"content\": \"Say hello.\"}]}"
curl -sSfN "$CHAT_URL/v1/chat/completions" -H "$auth" -H "$json" \
  -d "{\"model\": \"$model\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Say hello.\"}]}"

# A chat that is kept, as the page has it: its events come one by one, and it is in the list afterwards.
curl -sSfN "$CHAT_URL/api/chat/stream" -H "$auth" -H "$json" -d "{\"model\": \"$model\", \"content\": \"Say hello.\"}"
curl -sSf "$CHAT_URL/api/sessions?limit=1" -H "$auth"
