/** What the scripted model says: what that of the chat on the AI SDK does. */
export { tokensFor, tokensOf } from "@perennial/example-chat-ai-sdk/server/script";
