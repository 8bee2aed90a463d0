print("keraskit")
