def check(pages):
    return iter(())
