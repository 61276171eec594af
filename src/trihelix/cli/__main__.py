from trihelix.cli import main

main()
