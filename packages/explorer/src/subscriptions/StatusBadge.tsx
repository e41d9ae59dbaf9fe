/** Whether a subscription works. */
export function StatusBadge({ status }: { readonly status: string }) {
  const isActive = status === "active";
  return (
    <span className={`badge status ${isActive ? "live" : "failed"}`}>
      <span className="status-dot" />
      {isActive ? "Active" : "Failed"}
    </span>
  );
}
