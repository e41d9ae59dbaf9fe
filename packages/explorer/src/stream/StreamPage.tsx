import { useParams } from "@tanstack/react-router";

export function StreamPage() {
  const { _splat: path } = useParams({ strict: false });
  return <h1>{path}</h1>;
}
