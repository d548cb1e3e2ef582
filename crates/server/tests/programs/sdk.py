# The official Python SDKs of OpenAI and Anthropic, unmodified, against the server with the fake model behind. Started by
# `python.test.mjs` with the server's address and a key; prints a line for each part that holds.
import os

import anthropic
import openai

URL, KEY = os.environ["CHAT_URL"], os.environ["CHAT_KEY"]
client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY, max_retries=0)
claude = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
QUESTION = [{"role": "user", "content": "say it again"}]
TOOLS = [{"type": "function", "function": {"name": "look_up", "parameters": {"type": "object", "properties": {}}}}]
OFFERED = [{"name": "look_up", "input_schema": {"type": "object", "properties": {}}}]


def models():
    names = [model.id for model in client.models.list()]
    assert "openai_chat/echo" in names and client.models.retrieve("openai_chat/echo").id == "openai_chat/echo"
    assert "anthropic/echo" in [model.id for model in claude.models.list()]


def chat(behind):
    model = f"{behind}/echo"
    whole = client.chat.completions.create(model=model, messages=QUESTION)
    assert whole.choices[0].message.content == "say it again" and whole.usage.total_tokens > 0
    options = {"include_usage": True}
    said, usage = "", None
    for chunk in client.chat.completions.create(model=model, messages=QUESTION, stream=True, stream_options=options):
        said += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage = chunk.usage or usage
    assert said == "say it again" and usage.prompt_tokens > 0, (said, usage)


def tools(behind):
    model = f"{behind}/tools-1"
    called = client.chat.completions.create(model=model, messages=QUESTION, tools=TOOLS).choices[0].message
    call = called.tool_calls[0]
    assert call.function.name == "look_up"
    result = {"role": "tool", "tool_call_id": call.id, "content": "forty-two"}
    answered = client.chat.completions.create(model=model, messages=[*QUESTION, called, result], tools=TOOLS)
    assert "forty-two" in answered.choices[0].message.content


def messages(behind):
    ask = {"model": f"{behind}/echo", "max_tokens": 500, "messages": QUESTION}
    assert claude.messages.create(**ask).content[0].text == "say it again"
    with claude.messages.stream(**ask) as stream:
        assert "".join(stream.text_stream) == "say it again"
    called = claude.messages.create(**{**ask, "model": f"{behind}/tools-1"}, tools=OFFERED)
    call = next(block for block in called.content if block.type == "tool_use")
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "forty-two"}]}
    told = [*QUESTION, {"role": "assistant", "content": called.content}, result]
    answered = claude.messages.create(**{**ask, "model": f"{behind}/tools-1", "messages": told}, tools=OFFERED)
    assert "forty-two" in next(block.text for block in answered.content if block.type == "text")


def beside():
    made = client.embeddings.create(model="openai_chat/ok", input=["one", "two"])
    assert len(made.data) == 2 and all(len(item.embedding) > 1 for item in made.data)
    filled = client.completions.create(model="openai_chat/fim", prompt="def f(", suffix="return 1", max_tokens=32)
    assert isinstance(filled.choices[0].text, str)
    assert claude.messages.count_tokens(model="openai_chat/echo", messages=QUESTION).input_tokens > 3


def errors():
    try:
        client.chat.completions.create(model="nothing", messages=QUESTION)
        raise AssertionError("nothing answered")
    except openai.NotFoundError as error:
        assert error.code == "model.not_found"
    stranger = anthropic.Anthropic(base_url=URL, api_key="sk-aichat-" + "A" * 43, max_retries=0)
    try:
        stranger.messages.create(model="openai_chat/ok", max_tokens=5, messages=QUESTION)
        raise AssertionError("a stranger was answered")
    except anthropic.AuthenticationError as error:
        assert error.request_id


parts = [("models", models, ()), ("beside", beside, ()), ("errors", errors, ())]
for behind in ["openai_chat", "anthropic"]:
    parts += [(f"{part.__name__} with {behind}", part, (behind,)) for part in [chat, tools, messages]]
for name, part, arguments in parts:
    part(*arguments)
    print(f"holds: {name}", flush=True)
print(f"all {len(parts)}")
