// The two models as tight as one event loop gets: the limit that the others are held against.
//
//   limit QUEUE SEED RUNS UNTIL WARM RATE PATIENCE (SERVERS SERVICE ONWARD)...
//
// A queue is a tandem of one stage whose patience is "inf". QUEUE says where future
// events are kept: "heap" (4-ary heap), "lanes" (4-ary heap, and a first-in-first-out lane for the patience, which is
// the same for everybody) or "std" (std::priority_queue). Each run prints arrivals, starts, ends, renegings, the mean
// wait of those served in the first stage and the share that gives up there, both of the leads that came after WARM, and
// CPU seconds.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <queue>
#include <utility>
#include <vector>

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// xoshiro256++ (Blackman and Vigna 2019), seeded by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9E3779B97F4A7C15u;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
      word = z ^ (z >> 31);
    }
  }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double exponential(double mean) { return -mean * std::log1p(-uniform()); }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  std::uint64_t state_[4];
};

enum class What : std::uint32_t { kArrival, kEnd, kGiveUp };

constexpr std::uint32_t kStages = 4, kKinds = 4;
constexpr std::uint64_t kMostLeads = (1ull << 32) / (kStages * kKinds);

// Sixteen bytes. `rank` holds the order of planning above, so that equal times have an order, and below it
// (lead * kStages + stage) * kKinds + what.
struct Event {
  double time;
  std::uint64_t rank;

  What what() const { return static_cast<What>(rank % kKinds); }
  std::uint32_t stage() const { return static_cast<std::uint32_t>(rank) / kKinds % kStages; }
  std::uint32_t lead() const { return static_cast<std::uint32_t>(rank) / (kKinds * kStages); }
};

// Times aren't negative, so their bits order as they do, and the whole comparison is one without a branch.
inline unsigned __int128 key(const Event& event) {
  std::uint64_t bits;
  std::memcpy(&bits, &event.time, sizeof bits);
  return (static_cast<unsigned __int128>(bits) << 64) | event.rank;
}

inline bool before(const Event& a, const Event& b) { return key(a) < key(b); }

class Heap {  // four children a node: fewer levels, and siblings share a cache line
 public:
  bool empty() const { return nodes_.empty(); }
  const Event& top() const { return nodes_.front(); }
  void push(const Event& event) {
    nodes_.push_back(event);
    rise(nodes_.size() - 1, event);
  }
  void pop() {  // the hole sinks to a leaf, and the last event rises from there: it nearly always belongs far down
    const Event last = nodes_.back();
    nodes_.pop_back();
    const std::size_t size = nodes_.size();
    if (size == 0) return;
    std::size_t hole = 0;
    for (std::size_t first = 1; first + 3 < size; first = 4 * hole + 1) {
      const std::size_t left = before(nodes_[first + 1], nodes_[first]) ? first + 1 : first;
      const std::size_t right = before(nodes_[first + 3], nodes_[first + 2]) ? first + 3 : first + 2;
      const std::size_t least = before(nodes_[right], nodes_[left]) ? right : left;
      nodes_[hole] = nodes_[least];
      hole = least;
    }
    if (4 * hole + 1 < size) {
      std::size_t least = 4 * hole + 1;
      for (std::size_t child = least + 1; child < size && child <= 4 * hole + 4; ++child)
        if (before(nodes_[child], nodes_[least])) least = child;
      nodes_[hole] = nodes_[least];
      hole = least;
    }
    rise(hole, last);
  }

 private:
  void rise(std::size_t at, const Event& event) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / 4;
      if (!before(event, nodes_[parent])) break;
      nodes_[at] = nodes_[parent];
      at = parent;
    }
    nodes_[at] = event;
  }
  std::vector<Event> nodes_;
};

class StdHeap {
 public:
  bool empty() const { return queue_.empty(); }
  const Event& top() const { return queue_.top(); }
  void push(const Event& event) { queue_.push(event); }
  void pop() { queue_.pop(); }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const { return before(b, a); }
  };
  std::priority_queue<Event, std::vector<Event>, Later> queue_;
};

// First in, first out, in a ring that grows.
template <typename T>
class Ring {
 public:
  Ring() : items_(64) {}
  bool empty() const { return head_ == tail_; }
  const T& front() const { return items_[head_ & (items_.size() - 1)]; }
  void pop() { ++head_; }
  void push(const T& item) {
    if (tail_ - head_ == items_.size()) grow();
    items_[tail_++ & (items_.size() - 1)] = item;
  }

 private:
  void grow() {
    std::vector<T> wider(2 * items_.size());
    for (std::size_t i = head_; i < tail_; ++i) wider[i - head_] = items_[i & (items_.size() - 1)];
    tail_ -= head_;
    head_ = 0;
    items_.swap(wider);
  }
  std::vector<T> items_;
  std::size_t head_ = 0, tail_ = 0;
};

// Timers in the heap with everything else.
template <typename Base>
class Together {
 public:
  void plan(const Event& event) { heap_.push(event); }
  void plan_give_up(const Event& event) { heap_.push(event); }
  Event next() {
    const Event event = heap_.top();
    heap_.pop();
    return event;
  }

 private:
  Base heap_;
};

// All wait equally long before they give up, so those timers ring in the order in which they were set.
class Lanes {
 public:
  void plan(const Event& event) { heap_.push(event); }
  void plan_give_up(const Event& event) { lane_.push(event); }
  Event next() {
    if (!lane_.empty() && before(lane_.front(), heap_.top())) {
      const Event event = lane_.front();
      lane_.pop();
      return event;
    }
    const Event event = heap_.top();
    heap_.pop();
    return event;
  }

 private:
  Heap heap_;
  Ring<Event> lane_;
};

struct Stage {
  int free;
  double service;
  double onward;
  Ring<std::uint32_t> line;
};

struct Lead {
  double entered;
  std::uint32_t stage;
  bool waiting;
};

struct Counts {
  std::uint64_t arrivals = 0, starts = 0, ends = 0, renegings = 0, first_starts = 0, first_renegings = 0;
  double waited = 0.0;
};

template <typename Future>
class Funnel {
 public:
  Funnel(std::vector<Stage> stages, double rate, double patience, double warm, std::uint64_t seed)
      : stages_(std::move(stages)), gap_(1.0 / rate), patience_(patience), warm_(warm), random_(seed) {}

  Counts run(double until) {
    future_.plan(planned(random_.exponential(gap_), 0, 0, What::kArrival));
    for (;;) {
      const Event event = future_.next();
      if (event.time >= until) return counts_;
      now_ = event.time;
      if (event.what() == What::kArrival) arrive();
      else if (event.what() == What::kEnd) finish(event.lead(), event.stage());
      else give_up(event.lead(), event.stage());
    }
  }

 private:
  Event planned(double time, std::uint32_t lead, std::uint32_t stage, What what) {
    const std::uint32_t payload = (lead * kStages + stage) * kKinds + static_cast<std::uint32_t>(what);
    return Event{time, (order_++ << 32) | payload};
  }
  void arrive() {
    ++counts_.arrivals;
    if (leads_.size() == kMostLeads) std::abort();
    leads_.push_back(Lead{});
    enter(static_cast<std::uint32_t>(leads_.size() - 1), 0);
    future_.plan(planned(now_ + random_.exponential(gap_), 0, 0, What::kArrival));
  }
  void enter(std::uint32_t lead, std::uint32_t stage) {
    leads_[lead] = Lead{now_, stage, true};
    if (stages_[stage].free > 0) {
      --stages_[stage].free;
      start(lead, stage);
      return;
    }
    stages_[stage].line.push(lead);
    if (patience_ < kNever) future_.plan_give_up(planned(now_ + patience_, lead, stage, What::kGiveUp));
  }
  void start(std::uint32_t lead, std::uint32_t stage) {
    ++counts_.starts;
    leads_[lead].waiting = false;
    if (stage == 0 && leads_[lead].entered >= warm_) {
      ++counts_.first_starts;
      counts_.waited += now_ - leads_[lead].entered;
    }
    future_.plan(planned(now_ + random_.exponential(stages_[stage].service), lead, stage, What::kEnd));
  }
  void finish(std::uint32_t lead, std::uint32_t stage) {
    ++counts_.ends;
    serve_next(stage);
    if (random_.uniform() < stages_[stage].onward && stage + 1 < stages_.size()) enter(lead, stage + 1);
  }
  void serve_next(std::uint32_t stage) {
    auto& line = stages_[stage].line;
    while (!line.empty()) {
      const std::uint32_t next = line.front();
      line.pop();
      if (leads_[next].waiting && leads_[next].stage == stage) {
        start(next, stage);
        return;
      }
    }
    ++stages_[stage].free;
  }
  void give_up(std::uint32_t lead, std::uint32_t stage) {
    if (!leads_[lead].waiting || leads_[lead].stage != stage) return;  // served in time
    leads_[lead].waiting = false;
    ++counts_.renegings;
    if (stage == 0 && leads_[lead].entered >= warm_) ++counts_.first_renegings;
  }

  std::vector<Stage> stages_;
  double gap_, patience_, warm_;
  Random random_;
  Future future_;
  std::vector<Lead> leads_;
  Counts counts_;
  double now_ = 0.0;
  std::uint64_t order_ = 0;
};

template <typename Future>
void play(const std::vector<Stage>& stages, double rate, double patience, double warm, double until,
          std::uint64_t seed) {
  const std::clock_t begun = std::clock();
  Funnel<Future> funnel(stages, rate, patience, warm, seed);
  const Counts done = funnel.run(until);
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  std::printf("%llu %llu %llu %llu %.17g %.17g %.9g\n", static_cast<unsigned long long>(done.arrivals),
              static_cast<unsigned long long>(done.starts), static_cast<unsigned long long>(done.ends),
              static_cast<unsigned long long>(done.renegings), done.waited / static_cast<double>(done.first_starts),
              static_cast<double>(done.first_renegings) / static_cast<double>(done.first_renegings + done.first_starts),
              seconds);
}

}  // namespace

int main(int count, char** words) {
  if (count < 11 || (count - 8) % 3 != 0 || (count - 8) / 3 > static_cast<int>(kStages)) {
    std::fputs("usage: limit QUEUE SEED RUNS UNTIL WARM RATE PATIENCE (SERVERS SERVICE ONWARD)...\n", stderr);
    return 2;
  }
  std::vector<Stage> stages;
  for (int i = 8; i + 2 < count; i += 3)
    stages.push_back(Stage{std::atoi(words[i]), std::atof(words[i + 1]), std::atof(words[i + 2]), {}});
  const std::uint64_t seed = std::strtoull(words[2], nullptr, 10), runs = std::strtoull(words[3], nullptr, 10);
  const double until = std::atof(words[4]), warm = std::atof(words[5]), rate = std::atof(words[6]);
  const double patience = std::atof(words[7]);
  for (std::uint64_t run = 0; run < runs; ++run) {
    if (std::strcmp(words[1], "heap") == 0) play<Together<Heap>>(stages, rate, patience, warm, until, seed + run);
    else if (std::strcmp(words[1], "lanes") == 0) play<Lanes>(stages, rate, patience, warm, until, seed + run);
    else play<Together<StdHeap>>(stages, rate, patience, warm, until, seed + run);
  }
  return 0;
}
