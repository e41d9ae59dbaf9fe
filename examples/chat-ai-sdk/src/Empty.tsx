const SUGGESTIONS = [
  "Why does this answer survive a reload?",
  "What happens when the process that writes is killed?",
  "How can two people watch one answer?",
];

export function Empty({ onAsk }: { readonly onAsk: (text: string) => void }) {
  return (
    <div className="empty">
      <h2>Ask, then reload.</h2>
      <p className="lead">
        Every word of an answer is kept in a durable stream. Reload, go offline, or open this page in a second
        browser.
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
