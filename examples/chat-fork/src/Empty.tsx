const SUGGESTIONS = [
  "How should we name our project?",
  "Should we rewrite it, or mend it?",
  "What can be told to a newcomer in one minute?",
];

export function Empty({ onAsk }: { readonly onAsk: (text: string) => void }) {
  return (
    <div className="empty">
      <h2>Ask once, go several ways.</h2>
      <p className="lead">
        Every message is a place to fork. A branch begins with all that was said before it, and several agents
        can go on from there at the same time.
      </p>
      <ul>
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button type="button" className="suggestion" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
