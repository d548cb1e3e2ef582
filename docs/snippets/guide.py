# pip install openai anthropic
import os

import anthropic
import openai

URL, KEY = os.environ["CHAT_URL"], os.environ["CHAT_KEY"]
client = openai.OpenAI(base_url=f"{URL}/v1", api_key=KEY)

# The models that the key may use.
names = [model.id for model in client.models.list()]
model = os.environ.get("CHAT_MODEL", names[0])
question = [{"role": "user", "content": "Say hello."}]

# An answer as a whole, and one as it is written.
answer = client.chat.completions.create(model=model, messages=question)
print(answer.choices[0].message.content)
for chunk in client.chat.completions.create(model=model, messages=question, stream=True):
    if chunk.choices and chunk.choices[0].delta.content:
        print(chunk.choices[0].delta.content, end="", flush=True)
print()

# The same with Anthropic's library, whatever provider is behind.
claude = anthropic.Anthropic(base_url=URL, api_key=KEY)
with claude.messages.stream(model=model, max_tokens=1000, messages=question) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
print()

# What goes wrong is an error of the library, with AIChat's code.
try:
    client.chat.completions.create(model="no such model", messages=question)
except openai.NotFoundError as error:
    print(error.code)
