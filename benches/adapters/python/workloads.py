"""`python workloads.py (sync|async) CLIENT WORKLOAD URL UNITS` runs one workload and prints one
line of JSON."""

import sys


def run_sync(client, workload, units):
    from measured import Section, roster, warm_up

    def work(count):
        if workload == "W1":
            return sum(client.retrieve() for _ in range(count))
        if workload == "W2":
            return sum(client.page() for _ in range(count))
        if workload == "W3":
            return in_threads(client.retrieve, 16, count)
        if workload.startswith("W4"):
            return client.all(int(workload.partition("-")[2] or 0))
        return sum(client.submit(members) for _ in range(count))

    client.retrieve()
    members = client.roster(roster()) if workload == "W5" else []
    if early := warm_up(workload, units):
        work(early)
    section = Section()
    section.end(units, work(units))


def in_threads(call, threads, count):
    from concurrent.futures import ThreadPoolExecutor

    def calls(share):
        return sum(call() for _ in range(share))

    shares = [count // threads + (n < count % threads) for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(calls, shares))


async def run_async(make, workload, url, units):
    import asyncio

    from measured import Section, roster, warm_up

    async def in_flight(count, width=64):
        left = iter(range(count))

        async def calls():
            total = 0
            for _ in left:
                total += await client.retrieve()
            return total

        return sum(await asyncio.gather(*(calls() for _ in range(width))))

    async def work(count):
        if workload == "W3":
            return await in_flight(count)
        if workload.startswith("W4"):
            return await client.all(int(workload.partition("-")[2] or 0))
        total = 0
        for _ in range(count):
            if workload == "W1":
                total += await client.retrieve()
            elif workload == "W2":
                total += await client.page()
            else:
                total += await client.submit(members)
        return total

    client = make(url)
    await client.retrieve()
    members = client.roster(roster()) if workload == "W5" else []
    if early := warm_up(workload, units):
        await work(early)
    section = Section()
    section.end(units, await work(units))


def main():
    style, name, workload, url, units = sys.argv[1:]
    if style == "sync":
        from sync_clients import CLIENTS
    else:
        from async_clients import CLIENTS
    make = CLIENTS[name]
    if style == "sync":
        run_sync(make(url), workload, int(units))
    elif name.endswith("uvloop"):
        import uvloop

        uvloop.run(run_async(make, workload, url, int(units)))
    else:
        import asyncio

        asyncio.run(run_async(make, workload, url, int(units)))


main()
