/// How a model's plans are made.
struct PlanOptions: Sendable {
  var passes: Set<GraphPass>
  var isExact: Bool
}
